const MOST = 63;

/** A name for an image that says of what and when: `orders-20260301-0215`, within what a name may have. */
export function defaultImageName(instance: string, at = new Date()): string {
  const stamp = at.toISOString().slice(0, 16).replaceAll('-', '').replace(':', '').replace('T', '-');
  return `${instance.slice(0, MOST - stamp.length - 1).replace(/-+$/, '')}-${stamp}`;
}
