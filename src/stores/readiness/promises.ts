import { type SQL, sql } from 'drizzle-orm';

/**
 * What the enabled schedules promise at this moment, as rows (id, name, platform, selector, instance_id, due_at,
 * taken_since): an instance that a schedule names, that is RUNNING and was there when it was due, must have an image whose
 * data is not of before `taken_since`. That is the last time at which the schedule was due, and has been for its own
 * period or an hour, whichever is less; while nothing was due since, an image stays young enough. A time that no worker has
 * looked at counts as well.
 */
export const promises: SQL = sql`
  SELECT s.id, s.name, s.platform, s.selector, s.instance_id, d.due_at,
    least(d.due_at, clock_timestamp() - d.period - least(d.period, interval '1 hour')) AS taken_since
  FROM cms.schedules s
  CROSS JOIN LATERAL (
    SELECT coalesce(s.next_due_at - s.last_due_at, interval '1 hour') AS next_period
  ) n
  CROSS JOIN LATERAL (
    SELECT CASE WHEN unlooked.yes THEN s.next_due_at ELSE s.last_due_at END AS due_at,
      CASE WHEN unlooked.yes THEN n.next_period ELSE coalesce(s.last_due_at - s.due_before_at, n.next_period) END AS period
    FROM (SELECT coalesce(s.next_due_at + least(n.next_period, interval '1 hour') <= clock_timestamp(), false) AS yes) unlooked
  ) d
  WHERE s.enabled AND d.due_at + least(d.period, interval '1 hour') <= clock_timestamp()`;

/** The newest AVAILABLE image of the instance `i`, as rows (id, taken_at). */
export const newestImage: SQL = sql`
  SELECT m.id, coalesce(m.taken_at, m.created_at) AS taken_at FROM cms.images m
  WHERE m.source_instance_id = i.id AND m.state = 'AVAILABLE' ORDER BY m.taken_at DESC NULLS LAST LIMIT 1`;

/** Whether a promise `p` is broken for the instance `i` with the newest image `newest`. */
export const isBroken: SQL = sql`
  i.state = 'RUNNING' AND p.platform = i.platform AND i.created_at < p.due_at
  AND CASE WHEN p.instance_id IS NULL THEN i.labels @> p.selector ELSE p.instance_id = i.id END
  AND (newest.id IS NULL OR newest.taken_at < p.taken_since)`;
