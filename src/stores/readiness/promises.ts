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

/**
 * What is promised of instances and not kept, as rows (id, instance_name, schedule_id, name, due_at, image_id), of a relation
 * of promises `p` and the instances `i` that meet a condition on either. Those of one instance are found by its id, those of
 * labels by the index of them: not each promise is held against each instance.
 */
export function brokenPromises(promised: SQL, condition: SQL): SQL {
  const about = (isOf: SQL) => sql`
    SELECT i.id, i.name AS instance_name, p.id AS schedule_id, p.name, p.due_at, p.taken_since
    FROM ${promised} p JOIN cms.instances i
      ON ${isOf} AND i.platform = p.platform AND i.state = 'RUNNING' AND i.created_at < p.due_at
    WHERE ${condition}`;
  return sql`
    SELECT i.id, i.instance_name, i.schedule_id, i.name, i.due_at, newest.id AS image_id
    FROM (${about(sql`i.id = p.instance_id`)} UNION ALL ${about(sql`p.instance_id IS NULL AND i.labels @> p.selector`)}) i
    LEFT JOIN LATERAL (${newestImage}) newest ON true
    WHERE newest.id IS NULL OR newest.taken_at < i.taken_since`;
}
