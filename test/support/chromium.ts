import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The Chromium of this machine, or null where none is installed. */
export function findChromium(): string | null {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return known.find((path) => existsSync(path)) ?? null;
}

/** It runs as root, and asks for nothing that no page asks for. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts what `findChromium` has found. */
export function launchChromium(executablePath: string | null): Promise<Browser> {
  if (executablePath === null) throw new Error('no Chromium is installed');
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
