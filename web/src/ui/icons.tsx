// Drawn for this page: 16 px on a grid of 16, one stroke width.

import type { SVGProps } from "react";

const PATHS = {
  overview: "M2.5 2.5h4.500v6h-4.500zM9 2.500h4.500v3.500H9zM9 8h4.500v5.500H9zM2.5 10.500h4.500v3h-4.500z",
  search: "M7 2.500a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.300l3.2 3.2",
  changes: "M2.5 8h2.200l1.8-5 3 10 1.8-5h2.2",
  accounts: "M3 13.500v-9l5-2.5 5 2.500v9M2 13.500h12M6 6.500h.01M10 6.500h.01M6 9.500h.01M10 9.500h.01",
  kubernetes:
    "M8 2l5.200 2.500 1.300 5.600L10.900 14.500H5.100L1.500 10.100l1.300-5.600zM8 6.200a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM8 2v4.200M6.200 9l-4.700 1.100M9.800 9l4.700 1.100M6.700 6.700L2.800 4.500M9.300 6.700l3.900-2.200",
  settings: "M2.5 4.500h6M11.5 4.500h2M2.5 11.500h2M7.5 11.500h6M10 3v3M6 10v3",
  resources: "M8 2l5.5 3L8 8 2.5 5zM2.5 8L8 11l5.5-3M2.5 11L8 14l5.5-3",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.9 3v10",
  download: "M8 2.500v7.500M5 7.300l3 3 3-3M2.5 13.500h11",
  star: "M8 2.300l1.7 3.6 3.9.5-2.9 2.7.8 3.900L8 11.1 4.5 13l.8-3.900L2.4 6.400l3.9-.5z",
  copy: "M5.5 5.500h8v8h-8zM10.5 5.500v-3h-8v8h3",
  check: "M3 8.500l3.3 3.300L13 4.8",
  terminal: "M2.5 3h11v10h-11zM5 6.300l2 1.7-2 1.700M8.5 10h2.5",
  external: "M7 3.500H3v9.500h9.500V9M9.5 2.500h4v4M13.3 2.700L7.5 8.5",
  clock: "M8 2.200a5.8 5.8 0 1 1 0 11.600A5.8 5.8 0 0 1 8 2.200zM8 5v3.300l2.2 1.4",
  sun: "M8 5.200a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.600zM8 1.500v1.300M8 13.200v1.300M1.5 8h1.300M13.2 8h1.300M3.4 3.400l.9.900M11.7 11.700l.9.900M3.4 12.600l.9-.9M11.7 4.300l.9-.9",
  moon: "M13.3 9.600A5.6 5.6 0 0 1 6.4 2.700a5.6 5.6 0 1 0 6.9 6.900z",
  screen: "M2 3h12v8H2zM5.5 13.500h5M8 11v2.5",
  user: "M8 2.500a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.400zM2.8 13.700c.5-2.6 2.6-4 5.2-4s4.7 1.4 5.2 4",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  close: "M3.5 3.500l9 9M12.5 3.500l-9 9",
  down: "M4 6.200l4 4 4-4",
  right: "M6.2 4l4 4-4 4",
  left: "M9.8 4l-4 4 4 4",
  up: "M4 9.800l4-4 4 4",
  warning: "M8 2.500l6 11H2zM8 6.500v3.300M8 11.700v.1",
  lock: "M3.5 7h9v6.500h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
  plus: "M8 3v10M3 8h10",
  trash: "M3 4.500h10M6.5 4.500v-2h3v2M4.2 4.500l.6 9h6.400l.6-9M6.7 7v4M9.3 7v4",
  refresh:
    "M13 7.500A5.1 5.1 0 0 0 3.9 5L2.5 6.500M2.5 3v3.500H6M3 8.500a5.1 5.1 0 0 0 9.1 2.500l1.4-1.500M13.5 13V9.500H10",
  share:
    "M11.5 2.500a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.400zM4.5 6.300a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.400zM11.5 10.100a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.400zM6 7.200l4-2.200M6 8.800l4 2.2",
  filter: "M2.5 3.500h11L9.5 8.300v4.200l-3 1.500V8.300z",
  keyboard: "M1.5 4h13v8h-13zM4 6.500h.01M6.7 6.500h.01M9.3 6.500h.01M12 6.500h.01M4.5 9.500h7",
  unplugged:
    "M10.5 5.500l3-3M2.5 13.500l3-3M6.5 6l-1 1a2.5 2.5 0 0 0 3.5 3.500l1-1M9.5 10l1-1A2.5 2.5 0 0 0 7 5.500l-1 1",
  empty: "M2.5 9.500l2-6h7l2 6v4h-11zM2.5 9.500h3.300l1 1.700h2.4l1-1.700h3.3",
  out: "M9.5 3H3v10h6.500M7 8h7M11.5 5.500L14 8l-2.5 2.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16, ...rest }: { name: IconName; size?: number } & SVGProps<SVGSVGElement>) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      {...rest}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

// Parcels of land on a map.
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent-fill)" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinejoin="round">
        <path d="M7 8.5 14 7l11 2v16L7 24Z" />
        <path d="m14 7-1.5 17.300M13.2 15.5 25 17" />
      </g>
    </svg>
  );
}
