import { existsSync } from 'node:fs';

/** The Chromium of this machine, or null where none is installed. */
export function findChromium(): string | null {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return known.find((path) => existsSync(path)) ?? null;
}
