const PATHS = {
  overview: 'M3 12l9-8 9 8M6 10v10h12V10',
  instances:
    'M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3zm0 0v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3',
  images: 'M4 8l8-5 8 5-8 5-8-5zm0 4.5l8 5 8-5M4 17l8 5 8-5',
  operations: 'M4 6h10M4 12h14M4 18h7',
  schedules: 'M12 3a9 9 0 100 18 9 9 0 000-18zm0 4v5l3.5 2',
  alerts: 'M12 4l9 16H3L12 4zm0 6v4m0 2.6v.4',
  server: 'M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.1M7.5 16h.1',
  search: 'M11 4a7 7 0 105 11.9A7 7 0 0011 4zm5 12l4 4',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M12 5.5v.1M12 12v.1M12 18.5v.1',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  down: 'M6 9.5l6 6 6-6',
  user: 'M12 12a4 4 0 100-8 4 4 0 000 8zm-7 8c.8-3.5 3.6-5 7-5s6.2 1.5 7 5',
  theme: 'M12 3a9 9 0 100 18 9 9 0 000-18zm0 0v18',
  plus: 'M12 5v14M5 12h14',
  shield: 'M12 3l7 3v5c0 4.5-2.9 8-7 10-4.1-2-7-5.5-7-10V6l7-3z',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  download: 'M12 4v11m-5-5l5 5 5-5M5 20h14',
  left: 'M15 6l-6 6 6 6',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside a word; it says nothing by itself. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
