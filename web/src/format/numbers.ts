const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `4.2 GiB`; `null`: a dash. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '–';
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

/** What is moved so fast that nobody reads how much of it is there yet. */
const MOVED_AT_ONCE_BYTES = 64 * 1024;

/** `525 MiB of 750 MiB`, as much of it as is known; null for so little that it says nothing. */
export function formatBytesOf(done: number | null | undefined, total: number | null | undefined): string | null {
  if (done == null || (total != null && total < MOVED_AT_ONCE_BYTES)) return null;
  return total == null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
}

/** `1,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-GB').replaceAll('\u00a0', ' ');
}

/** `3 images`, `1 image`. */
export function formatNumberOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Never 100 before the end. */
export function formatPercent(percent: number): string {
  return `${percent >= 100 ? 100 : Math.min(99, Math.floor(percent))} %`;
}
