import { statfs } from 'node:fs/promises';

const FULL_BYTES = 65_536;
const LITTLE_BYTES = 64 << 20;

/**
 * The text, and that a disk is full where one of these places is on one: then the text may say anything, or nothing.
 */
export async function withDiskCause(text: string, places: readonly (string | null)[]): Promise<string> {
  if (text.includes('No space left')) return text;
  // PostgreSQL's words for a page of which only a part found room; by now it has given the room back.
  if (/could not extend file.*wrote only/.test(text)) return `${text} (No space left on device)`;
  for (const place of places) {
    const facts = place === null ? null : await statfs(place).catch(() => null);
    if (facts === null) continue;
    const available = facts.bavail * facts.bsize;
    if (available < FULL_BYTES) return `${text} (No space left on device: ${place} is full)`;
    // Whoever ran out of room has given some of it back by ending: a server that died of it, its unfinished log segments.
    if (available < LITTLE_BYTES) {
      return `${text} (only ${Math.floor(available / 1024)} KiB of space are left on the device of ${place})`;
    }
  }
  return text;
}

/** Whether a text that has passed through here says that a disk was full. */
export function isFullDisk(text: string): boolean {
  return /No space left on device|of space are left on the device/.test(text);
}
