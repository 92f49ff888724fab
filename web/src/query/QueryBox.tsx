// The box that queries are typed in: coloured, with what may come next, with the fault shown where it is. Whoever uses it
// may put results of its own into the list below (the header's search does).

import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { useQuery } from "@tanstack/react-query";
import { byteAt, characterAt, type Problem } from "@/api/problem";
import { suggestQuery } from "@/api/queries";
import type { Suggestion } from "@/api/types";
import { formatCount } from "@/base/format";
import { Icon } from "@/ui/icons";
import { Key } from "@/ui/parts";
import { accepted, tokenize } from "./tokens";

export interface Option {
  id: string;
  view: ReactNode;
  choose: () => void;
}

interface Props {
  value: string;
  label: string;
  placeholder: string;
  onChange: (text: string) => void;
  onSubmit: (text: string) => void;
  problem?: Problem | null;
  options?: Option[]; // below the suggestions
  footer?: ReactNode;
  firstIsChosen?: boolean; // Enter takes the first option
  wide?: boolean;
  inputRef?: RefObject<HTMLInputElement | null>;
}

const CARET_DELAY = 80; // suggestions follow the typing at this distance, in milliseconds

function useSettled<T>(value: T, delay: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delay);
    return () => clearTimeout(timer);
  }, [value, delay]);
  return settled;
}

// Round and round, with a place between last and first where nothing is chosen (-1).
export function stepped(chosen: number, step: number, length: number): number {
  const places = length + 1;
  return ((chosen + 1 + step + places) % places) - 1;
}

function suggestionOptions(rows: Suggestion[], text: string, put: (text: string, caret: number) => void): Option[] {
  return rows.slice(0, 8).map((row) => ({
    id: `suggestion-${row.text}`,
    view: (
      <span className="suggestion">
        <code>{row.text}</code>
        {row.label && row.label !== row.text && <span className="dim cut">{row.label}</span>}
        {row.count > 0 && <span className="dim number suggestion-count">{formatCount(row.count)}</span>}
      </span>
    ),
    choose: () => {
      const next = accepted(text, { text: row.text, from: characterAt(text, row.from), to: characterAt(text, row.to) });
      put(next.text, next.caret);
    },
  }));
}

export function QueryBox(props: Props) {
  const { value, label, placeholder, onChange, onSubmit, problem, options = [], footer, firstIsChosen = false } = props;
  const id = useId();
  const own = useRef<HTMLInputElement>(null);
  const input = props.inputRef ?? own;
  const mirror = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [caret, setCaret] = useState(value.length);
  const [active, setActive] = useState<number | null>(null);
  const asked = useSettled(value, CARET_DELAY);
  const suggestions = useQuery(
    suggestQuery(asked, byteAt(asked, Math.min(caret, asked.length)), open && asked === value),
  );

  const put = (text: string, at: number) => {
    onChange(text);
    setActive(null);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(at, at);
      setCaret(at);
    });
  };
  const hints = open ? suggestionOptions(suggestions.data ?? [], value, put) : [];
  const all = [...options, ...hints];
  const chosen = active ?? (firstIsChosen && options.length > 0 ? 0 : -1);
  const shown = open && (all.length > 0 || Boolean(footer));

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && all.length > 0) {
      event.preventDefault();
      setOpen(true);
      setActive(stepped(chosen, step, all.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = event.metaKey || event.ctrlKey ? undefined : all[chosen];
      if (option) option.choose();
      else {
        onSubmit(value);
        setOpen(false);
      }
    } else if (event.key === "Tab" && active !== null && active >= options.length && all[active]) {
      event.preventDefault();
      all[active].choose();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (shown) setOpen(false);
      else input.current?.blur();
      setActive(null);
    }
  };

  const at =
    problem?.position !== undefined && problem.query !== undefined
      ? characterAt(problem.query, problem.position)
      : null;
  const faulty = problem?.query === value ? at : null;

  return (
    <div
      className={`query-box${props.wide ? " wide" : ""}${problem ? " faulty" : ""}`}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <Icon name={props.wide ? "search" : "filter"} size={15} className="query-icon" />
      <div className="query-field">
        <div ref={mirror} className="query-mirror" aria-hidden="true">
          {tokenize(value).map((token) => (
            <Piece key={token.from} {...token} fault={faulty} />
          ))}
          {faulty !== null && faulty >= value.length && <u className="fault"> </u>}
        </div>
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded={shown}
          aria-controls={shown ? `${id}-list` : undefined}
          aria-activedescendant={shown && chosen >= 0 && all[chosen] ? `${id}-${chosen}` : undefined}
          aria-autocomplete="list"
          aria-invalid={Boolean(problem)}
          aria-describedby={problem ? `${id}-problem` : undefined}
          placeholder={placeholder}
          value={value}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => {
            setOpen(true);
            setActive(null);
            setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
            onChange(event.currentTarget.value);
          }}
          onFocus={() => setOpen(true)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onScroll={(event) => {
            if (mirror.current) mirror.current.scrollLeft = event.currentTarget.scrollLeft;
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {value ? (
        <button type="button" className="query-clear" aria-label="Clear the query" onClick={() => put("", 0)}>
          <Icon name="close" size={12} />
        </button>
      ) : (
        <Key>{props.wide ? "/" : "f"}</Key>
      )}
      {shown && (
        <div className="query-list">
          <div role="listbox" id={`${id}-list`} aria-label={`${label}: choices`}>
            {all.map((option, index) => (
              <div
                key={option.id}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === chosen}
                className={index === options.length && options.length > 0 ? "query-option divided" : "query-option"}
                onPointerDown={(event) => event.preventDefault()}
                onClick={option.choose}
                ref={(node) => {
                  if (index === active) node?.scrollIntoView({ block: "nearest" });
                }}
              >
                {option.view}
              </div>
            ))}
          </div>
          {footer}
        </div>
      )}
      {problem && (
        <p className="query-problem" id={`${id}-problem`} role="alert">
          {problem.detail}
        </p>
      )}
    </div>
  );
}

function Piece({ type, text, from, fault }: { type: string; text: string; from: number; fault: number | null }) {
  if (fault === null || fault < from || fault >= from + text.length)
    return <span className={`token is-${type}`}>{text}</span>;
  const at = fault - from;
  return (
    <span className={`token is-${type}`}>
      {text.slice(0, at)}
      <u className="fault">{text.slice(at, at + 1)}</u>
      {text.slice(at + 1)}
    </span>
  );
}
