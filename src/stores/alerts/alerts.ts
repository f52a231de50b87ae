import { and, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { alerts } from '../../../drizzle/tables/index.ts';
import type { AlertQueries, AlertRecord } from '../../../resolvers/ports/alerts.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { AlertKind } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { belongingByIndex, belongingWithin } from '../access/scope.ts';
import { answered } from '../answered.ts';
import { distinctIds, inOrderOfIds } from '../lists/keyed.ts';
import { buildPage, counting, following, newestFirst, totalsOf } from '../lists/keyset.ts';

/**
 * Opens what a rule finds and resolves what it finds no more, in one statement; any number of processes may do so at once.
 * An alert that stays open keeps its words. `of`: only of these instances, of which `found` is then; null: all. Answers with
 * how many were opened or resolved.
 */
export async function syncAlerts(
  { orm }: Database,
  platform: string,
  kind: AlertKind,
  found: SQL,
  of: readonly string[] | null = null,
): Promise<number> {
  const isOfThem = of === null ? sql`true` : sql`a.instance_id = ANY(${sql.param(of)}::uuid[])`;
  const { rowCount } = await answered(
    orm.execute(sql`
      WITH found AS MATERIALIZED (${found}), resolved AS (
        UPDATE cms.alerts a SET resolved_at = clock_timestamp()
        WHERE a.platform = ${platform} AND a.kind = ${kind} AND a.resolved_at IS NULL AND ${isOfThem}
          AND NOT EXISTS (SELECT FROM found f WHERE f.thing = a.thing)
        RETURNING a.id
      ), opened AS (
        INSERT INTO cms.alerts (platform, kind, thing, severity, message, remedy, instance_id, image_id, schedule_id, operation_id, opened_at)
        SELECT ${platform}, ${kind}, thing, severity, message, remedy, instance_id, image_id, schedule_id, operation_id, clock_timestamp()
        FROM found f WHERE NOT EXISTS (SELECT FROM cms.alerts a WHERE a.platform = ${platform} AND a.kind = ${kind}
          AND a.thing = f.thing AND a.resolved_at IS NULL)
        ON CONFLICT DO NOTHING RETURNING id
      )
      SELECT id FROM resolved UNION ALL SELECT id FROM opened`),
  );
  return rowCount ?? 0;
}

/** How many alerts of the platform are open, the gravest first. */
export async function readOpenAlerts(
  { orm }: Database,
  platform: string,
  scope: Scope = EVERYTHING,
): Promise<readonly { readonly kind: AlertKind; readonly count: number }[]> {
  const within = belongingWithin(scope, { instanceId: sql`a.instance_id`, imageId: sql`a.image_id` }) ?? sql`true`;
  const { rows } = await answered(
    orm.execute<{ kind: AlertKind; count: number }>(sql`
      SELECT kind, count(*)::int AS count FROM cms.alerts a
      WHERE a.platform = ${platform} AND a.resolved_at IS NULL AND ${within}
      GROUP BY kind ORDER BY count(*) DESC, kind`),
  );
  return rows;
}

/** An alert as the rest of the house knows it. */
export function toAlertRecord({ thing: _, updatedAt: _at, ...row }: typeof alerts.$inferSelect): AlertRecord {
  return { ...row, createdAt: row.openedAt };
}

const keyset = { createdAt: alerts.openedAt, id: alerts.id };

/** Reads alerts for the API; those outside of the scope are not there. */
export function createAlertQueries({ orm }: Database, scope: Scope = EVERYTHING): AlertQueries {
  const within = belongingWithin(scope, { instanceId: alerts.instanceId, imageId: alerts.imageId });
  return {
    async byIds(ids) {
      if (ids.length === 0) return [];
      const rows = await answered(
        orm
          .select()
          .from(alerts)
          .where(and(inArray(alerts.id, distinctIds(ids)), within)),
      );
      return inOrderOfIds(ids, rows.map(toAlertRecord));
    },

    async page(open, page) {
      const isOpen = open === null ? undefined : open ? isNull(alerts.resolvedAt) : isNotNull(alerts.resolvedAt);
      const condition = and(isOpen, within);
      // Some are open at a time, and of the others those of few instances are found by these.
      const found = and(isOpen, open === true ? within : belongingByIndex(scope, alerts));
      const [rows, [totals]] = await Promise.all([
        answered(
          orm
            .select()
            .from(alerts)
            .where(following(keyset, page, found))
            .orderBy(...newestFirst(keyset))
            .limit(page.first + 1),
        ),
        counting(page, () => answered(orm.select(totalsOf(keyset, page)).from(alerts).where(condition))),
      ]);
      return buildPage(rows.map(toAlertRecord), totals, page);
    },
  };
}
