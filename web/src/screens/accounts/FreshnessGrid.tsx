// Accounts × regions: each square shows how much of it is fresh, late, or stale.

import { useMemo } from "react";
import type { Cell } from "@/api/types";
import { useNow } from "@/base/clock";
import { plural } from "@/base/format";
import { alphabetical } from "@/base/text";
import { useAccounts } from "@/kinds/useKinds";
import { Link } from "@/route/Link";
import { freshnessOf } from "@/ui/freshness";
import { SkeletonRows } from "@/ui/parts";
import type { Tone } from "@/ui/states";

interface Square {
  tones: Map<Tone, number>;
  words: Map<string, number>;
  cells: number;
}

export function squaresOf(
  cells: Cell[],
  now: number,
): { accounts: string[]; regions: string[]; squares: Map<string, Square> } {
  const accounts = new Set<string>();
  const regions = new Set<string>();
  const squares = new Map<string, Square>();
  for (const cell of cells) {
    if (cell.unplanned_since) continue;
    accounts.add(cell.account);
    regions.add(cell.region);
    const key = `${cell.account} ${cell.region}`;
    const { tone, word } = freshnessOf(cell, now);
    const square = squares.get(key) ?? { tones: new Map(), words: new Map(), cells: 0 };
    square.tones.set(tone, (square.tones.get(tone) ?? 0) + 1);
    square.cells += 1;
    square.words.set(word, (square.words.get(word) ?? 0) + 1);
    squares.set(key, square);
  }
  const order = [...regions].sort((a, b) => Number(b === "global") - Number(a === "global") || alphabetical(a, b));
  return { accounts: [...accounts], regions: order, squares };
}

function title({ words, cells }: Square): string {
  const parts = [...words].map(([word, count]) => `${count} ${word}`);
  return `${plural(cells, "cell")}: ${parts.join(", ")}`;
}

// From left to right what is wrong, then what is well. A single cell in trouble is still seen.
const SHOWN: [Tone, string][] = [
  ["bad", "var(--bad-fill)"],
  ["late", "var(--late-fill)"],
  ["good", "var(--good-fill)"],
];
const LEAST = 8; // per cent

function background({ tones }: Square): string | undefined {
  const counted = SHOWN.filter(([tone]) => tones.has(tone));
  const all = counted.reduce((sum, [tone]) => sum + (tones.get(tone) ?? 0), 0);
  if (all === 0) return undefined;
  const shares = counted.map(([tone]) => Math.max(LEAST, ((tones.get(tone) ?? 0) / all) * 100));
  const total = shares.reduce((sum, share) => sum + share, 0);
  let at = 0;
  const stops = counted.map(([, colour], index) => {
    const from = at;
    at += ((shares[index] ?? 0) / total) * 100;
    return `${colour} ${from.toFixed(1)}% ${at.toFixed(1)}%`;
  });
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}

const LEGEND: { tone: Tone; word: string }[] = [
  { tone: "good", word: "within its schedule" },
  { tone: "late", word: "late or with gaps" },
  { tone: "bad", word: "stale, denied or failed" },
  { tone: "idle", word: "off or not read" },
];

export function FreshnessGrid({ cells }: { cells: Cell[] | undefined }) {
  const now = useNow();
  const names = useAccounts();
  const { accounts, regions, squares } = useMemo(() => squaresOf(cells ?? [], now), [cells, now]);
  const sorted = [...accounts].sort((a, b) => alphabetical(names.name(a), names.name(b)));
  return (
    <section className="panel">
      <header>
        <h2>Freshness</h2>
        <Link className="aside" href="/accounts?tab=cells">
          All cells
        </Link>
      </header>
      {!cells ? (
        <SkeletonRows count={7} />
      ) : cells.length === 0 ? (
        <p className="panel-empty dim">Nothing has been collected yet.</p>
      ) : (
        <>
          <div className="scroll-x" tabIndex={0} role="region" aria-label="Freshness by account and region">
            <table className="freshness">
              <thead>
                <tr>
                  <th scope="col">
                    <span className="visually-hidden">Account</span>
                  </th>
                  {regions.map((region) => (
                    <th key={region} scope="col">
                      {region}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {sorted.map((account) => (
                  <tr key={account}>
                    <th scope="row">
                      <Link href={`/accounts?tab=cells&account=${account}`} title={account}>
                        {names.name(account)}
                      </Link>
                    </th>
                    {regions.map((region) => {
                      const square = squares.get(`${account} ${region}`);
                      return (
                        <td key={region}>
                          {square && (
                            <Link
                              className="square idle"
                              style={{ background: background(square) }}
                              href={`/accounts?tab=cells&account=${account}&region=${region}`}
                              title={title(square)}
                              aria-label={`${names.name(account)}, ${region}: ${title(square)}`}
                            />
                          )}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className="legend">
            {LEGEND.map(({ tone, word }) => (
              <span key={tone} className="line">
                <span className={`square small ${tone}`} />
                {word}
              </span>
            ))}
          </div>
        </>
      )}
    </section>
  );
}
