// Which instant the page shows: a button in the header, with a slider, usual choices and a date.

import { useEffect, useState } from "react";
import { Popover } from "@mantine/core";
import { useNow } from "@/base/clock";
import { formatAge, formatDuration, formatTime } from "@/base/format";
import { change } from "@/route/location";
import { Icon } from "@/ui/icons";
import { useKeys } from "@/shell/keys";
import { CHOICES, instantText, localInput, STOPS, stopOf, useAt } from "./instant";

function look(at: string | null) {
  change({ at });
}

function Slider({ at, now }: { at: string | null; now: number }) {
  const [stop, setStop] = useState(() => stopOf(at, now));
  useEffect(() => setStop(stopOf(at, Date.now())), [at]);
  const seconds = STOPS[stop] ?? 0;
  const apply = () => look(seconds === 0 ? null : instantText(Date.now() - seconds * 1000));
  const label = seconds === 0 ? "now" : `${formatDuration(seconds)} ago`;
  return (
    <div className="time-slider">
      <input
        type="range"
        min={0}
        max={STOPS.length - 1}
        value={stop}
        aria-label="How long ago"
        aria-valuetext={label}
        onChange={(event) => setStop(Number(event.currentTarget.value))}
        onPointerUp={apply}
        onKeyUp={apply}
      />
      <div className="time-slider-ends" aria-hidden="true">
        <span>90 d ago</span>
        <b>{label}</b>
        <span>now</span>
      </div>
    </div>
  );
}

export function TimeControl() {
  const at = useAt();
  const now = useNow();
  const [open, setOpen] = useState(false);
  useKeys([{ keys: "t", label: "Look at another moment", group: "Everywhere", run: () => setOpen(true) }]);
  const choose = (seconds: number) => {
    look(seconds === 0 ? null : instantText(Date.now() - seconds * 1000));
    setOpen(false);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={320} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <button
          type="button"
          className={at ? "button late-button" : "button quiet"}
          aria-haspopup="dialog"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          title="The moment that all pages show"
        >
          <Icon name="clock" size={15} />
          <span className="time-label">{at ? formatTime(at) : "Now"}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="The moment that all pages show">
        <div className="time-panel">
          <Slider at={at} now={now} />
          <div className="time-choices">
            <button type="button" className="button small" onClick={() => choose(0)} aria-pressed={!at}>
              Now
            </button>
            {CHOICES.map(({ label, seconds }) => (
              <button key={label} type="button" className="button small" onClick={() => choose(seconds)}>
                {label}
              </button>
            ))}
          </div>
          <label className="field">
            <span className="dim">Date and time (yours)</span>
            <input
              type="datetime-local"
              className="plain-input"
              defaultValue={localInput(at ? Date.parse(at) : now)}
              key={at ?? "now"}
              max={localInput(now)}
              onKeyDown={(event) => {
                if (event.key === "Enter") pick(event.currentTarget.value);
              }}
              onBlur={(event) => pick(event.currentTarget.value)}
            />
          </label>
        </div>
      </Popover.Dropdown>
    </Popover>
  );

  function pick(text: string) {
    const time = new Date(text).getTime();
    const shown = at ? Date.parse(at) : Date.now();
    if (Number.isNaN(time) || Math.abs(time - shown) < 60_000) return;
    look(time >= Date.now() ? null : instantText(time));
  }
}

// Over every page that does not show the present.
export function TimeBanner() {
  const at = useAt();
  const now = useNow();
  if (!at) return null;
  const known = !Number.isNaN(Date.parse(at));
  return (
    <div className="banner late" role="status">
      <Icon name="clock" />
      <span>
        Viewing <b>{known ? formatAge(at, now) : at}</b>
        {known && <span className="dim"> · {formatTime(at)}</span>}
      </span>
      <button type="button" className="button small" onClick={() => look(null)}>
        Back to now
      </button>
    </div>
  );
}
