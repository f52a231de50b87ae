import { expect, test } from 'vitest';
import { shownAlerts } from '../../../web/src/pages/overview/shown-alerts.ts';

const alert = (kind: string, id: number, severity = 'WARNING') => ({ kind, id, severity });
const many = (kind: string, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => alert(kind, from + index));

test('critical alerts come first, and many of one kind push nothing else away', () => {
  const alerts = [...many('DRIFT_REPORTED', 1, 20), alert('IMAGE_FAILED', 21, 'CRITICAL'), ...many('STALE', 22, 3)];
  expect(shownAlerts(alerts).map(({ id }) => id)).toEqual([21, 1, 2, 22, 23, 24]);
  expect(shownAlerts([])).toEqual([]);
});
