import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { go, useLocation, withInstant } from "./location";

type Props = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string };

// A real link (it can be opened in a new tab and copied) that moves within the page.
export function Link({ href, onClick, ...rest }: Props) {
  useLocation();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return <a href={withInstant(href)} onClick={follow} {...rest} />;
}
