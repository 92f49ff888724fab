// What stands where content would: nothing to show, and why; or what went wrong, and what to do.

import type { ReactNode } from "react";
import { Problem, Unreachable } from "@/api/problem";
import { Icon, type IconName } from "./icons";
import { CopyButton } from "./parts";

interface Props {
  icon: IconName;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  page?: boolean; // it is all that the page says
}

export function Notice({ icon, title, children, actions, page = false }: Props) {
  const Heading = page ? "h1" : "h2";
  return (
    <div className="notice" role="status">
      <Icon name={icon} size={26} className="mark" strokeWidth={1.1} />
      <Heading>{title}</Heading>
      {children && <p>{children}</p>}
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const again = retry && (
    <button type="button" className="button" onClick={retry}>
      <Icon name="refresh" size={14} />
      Try again
    </button>
  );
  if (error instanceof Unreachable)
    return (
      <Notice icon="unplugged" title="The server does not answer" actions={again}>
        The page asks again by itself every few seconds.
      </Notice>
    );
  if (error instanceof Problem && error.status === 403)
    return (
      <Notice icon="lock" title="Not permitted" actions={again}>
        {error.detail}
      </Notice>
    );
  const problem = error instanceof Problem ? error : null;
  return (
    <Notice
      icon="warning"
      title={problem?.title ?? "The page could not be shown"}
      actions={
        <>
          {again}
          {problem?.requestId && (
            <CopyButton text={problem.requestId} what="the request's id">
              Request {problem.requestId}
            </CopyButton>
          )}
        </>
      }
    >
      {problem?.detail ?? (error instanceof Error ? error.message : String(error))}
    </Notice>
  );
}
