// What the rows can be narrowed by, with how many there would be. Each facet is counted without its own choice.

import { memo, useState } from "react";
import { Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { suggestQuery } from "@/api/queries";
import type { Facet } from "@/api/types";
import { formatCount } from "@/base/format";
import { Icon } from "@/ui/icons";
import { Dot, Skeleton } from "@/ui/parts";
import { toneOf } from "@/ui/states";
import type { Selection } from "./selection";

const SHOWN = 8;
const MANY = 14; // from here on a field to look among the values

const TITLES: Record<string, string> = {
  state: "State",
  account: "Account",
  region: "Region",
  owner: "Owner",
  kind: "Kind",
};

export function facetTitle(key: string): string {
  return TITLES[key] ?? key.replace(/^tag\./, "");
}

interface OneProps {
  facet: Facet;
  chosen: string[];
  nameOf: (key: string, value: string) => string;
  onToggle: (key: string, value: string) => void;
  onRemove?: (() => void) | undefined;
}

function One({ facet, chosen, nameOf, onToggle, onRemove }: OneProps) {
  const [all, setAll] = useState(false);
  const [text, setText] = useState("");
  const counted = new Map(facet.values.map(({ value, count }) => [value, count]));
  // What is chosen stays in sight, even when nothing has it any more.
  const values = [
    ...chosen.filter((value) => !counted.has(value)).map((value) => ({ value, count: 0 })),
    ...facet.values,
  ];
  const wanted = text.toLowerCase();
  const fitting = wanted
    ? values.filter(({ value }) => nameOf(facet.key, value).toLowerCase().includes(wanted))
    : values;
  const shown = all ? fitting : fitting.filter(({ value }, index) => index < SHOWN || chosen.includes(value));
  const title = facetTitle(facet.key);
  if (values.length === 0) return null;
  return (
    <fieldset className="facet">
      <legend>
        {facet.key.startsWith("tag.") && <span className="dim">tag </span>}
        {title}
        {onRemove && (
          <button type="button" className="facet-remove" aria-label={`Do not count by ${title}`} onClick={onRemove}>
            <Icon name="close" size={11} />
          </button>
        )}
      </legend>
      {facet.values.length > MANY && (
        <input
          className="plain-input facet-find"
          placeholder={`Find among ${formatCount(facet.distinct)}`}
          aria-label={`Find a value of ${title}`}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAll(true);
          }}
        />
      )}
      {shown.map(({ value, count }) => (
        <label key={value} className="facet-value" title={value}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => onToggle(facet.key, value)} />
          {facet.key === "state" && <Dot tone={toneOf(value)} />}
          <span className="cut grow">{nameOf(facet.key, value) || "(none)"}</span>
          <span className="facet-count">{formatCount(count)}</span>
        </label>
      ))}
      {fitting.length > shown.length && !all && (
        <button type="button" className="facet-more" onClick={() => setAll(true)}>
          {formatCount(facet.distinct - shown.length)} more
        </button>
      )}
      {all && !text && values.length > SHOWN && (
        <button type="button" className="facet-more" onClick={() => setAll(false)}>
          Fewer
        </button>
      )}
    </fieldset>
  );
}

// Any tag can be counted by.
function AddTag({ shown, onAdd }: { shown: string[]; onAdd: (key: string) => void }) {
  const [open, setOpen] = useState(false);
  const keys = useQuery(suggestQuery("tag.", 4, open));
  const offered = (keys.data ?? [])
    .map(({ text, count }) => ({ key: text.replace(/[:"]+$/g, "").replace(/^tag\."?/, "tag."), count }))
    .filter(({ key }) => key.length > 4 && !shown.includes(key));
  return (
    <Menu opened={open} onChange={setOpen} position="bottom-start" width={200} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className="button quiet small facet-add">
          <Icon name="plus" size={13} />
          Count by a tag
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {keys.isPending && <div className="menu-who dim">Asking …</div>}
        {keys.data && offered.length === 0 && <div className="menu-who dim">There are no other tags.</div>}
        {offered.slice(0, 14).map(({ key, count }) => (
          <Menu.Item
            key={key}
            onClick={() => onAdd(key)}
            rightSection={count > 0 ? <span className="dim number">{formatCount(count)}</span> : null}
          >
            {key.slice(4)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface Props {
  facets: Facet[] | undefined;
  selected: Selection[];
  nameOf: (key: string, value: string) => string;
  onToggle: (key: string, value: string) => void;
  onTags?: (keys: string[]) => void; // which tags are counted from now on
  tags?: string[];
}

export const FacetRail = memo(function FacetRail({ facets, selected, nameOf, onToggle, onTags, tags = [] }: Props) {
  const chosen = (key: string) => selected.find((selection) => selection.key === key)?.values ?? [];
  return (
    <section className="facets" aria-label="Narrow down" tabIndex={0}>
      {!facets &&
        [5, 4, 3].map((lines) => (
          <div key={lines} className="facet">
            <Skeleton width={60} height={11} />
            {Array.from({ length: lines }, (_, index) => (
              <div key={index} className="facet-value">
                <Skeleton width={`${80 - index * 9}%`} height={11} />
              </div>
            ))}
          </div>
        ))}
      {facets?.map((facet) => (
        <One
          key={facet.key}
          facet={facet}
          chosen={chosen(facet.key)}
          nameOf={nameOf}
          onToggle={onToggle}
          onRemove={
            onTags && facet.key.startsWith("tag.") && chosen(facet.key).length === 0
              ? () => onTags(tags.filter((key) => key !== facet.key))
              : undefined
          }
        />
      ))}
      {facets && onTags && <AddTag shown={tags} onAdd={(key) => onTags([...tags, key])} />}
    </section>
  );
});
