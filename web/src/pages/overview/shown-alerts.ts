/** So many alerts of one kind are shown of more than that and one. */
const OF_A_KIND = 2;

/**
 * Those that are shown on a page of which they are not all: critical ones first, and of a kind of which there are many the
 * newest few, so that they push nothing else off the screen.
 */
export function shownAlerts<Alert extends { readonly kind: string; readonly severity: string }>(
  alerts: readonly Alert[],
): readonly Alert[] {
  const kinds = [...Map.groupBy(alerts, ({ kind }) => kind).values()];
  const shown = new Set(kinds.flatMap((some) => (some.length > OF_A_KIND + 1 ? some.slice(0, OF_A_KIND) : some)));
  const rank = ({ severity }: Alert) => (severity === 'CRITICAL' ? 0 : 1);
  return alerts.filter((alert) => shown.has(alert)).sort((a, b) => rank(a) - rank(b));
}
