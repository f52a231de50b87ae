import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { auditEntries, images, instances, operations, schedules } from '../../../drizzle/tables/index.ts';
import { isEverything, type Scope } from '../../../schema/rules/scope-rules.ts';

/**
 * Conditions that leave out what is outside of a scope. An image, an operation and what belongs to them count as their
 * instance does, with the labels that it has or last had: records of instances stay. What belongs to no instance is
 * outside of every scope but the empty one, for which there is no condition at all (undefined).
 */

/** A value of a row: a column, or what stands for one. */
type Value = SQL | AnyPgColumn;

const UUID_PATTERN = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

function carries(scope: Scope): SQL {
  return sql`scoped_instance.labels @> ${JSON.stringify(scope)}::jsonb`;
}

function instanceCarries(scope: Scope, instanceId: Value): SQL {
  return sql`EXISTS (SELECT FROM cms.instances scoped_instance WHERE scoped_instance.id = ${instanceId} AND ${carries(scope)})`;
}

function sourceCarries(scope: Scope, imageId: Value): SQL {
  return sql`EXISTS (SELECT FROM cms.images scoped_image
    JOIN cms.instances scoped_instance ON scoped_instance.id = scoped_image.source_instance_id
    WHERE scoped_image.id = ${imageId} AND ${carries(scope)})`;
}

/** Rows of `cms.instances`. */
export function instancesWithin(scope: Scope): SQL | undefined {
  return isEverything(scope) ? undefined : sql`${instances.labels} @> ${JSON.stringify(scope)}::jsonb`;
}

/** Rows of `cms.instances` by another name, given as their labels. */
export function labelsWithin(scope: Scope, labels: SQL): SQL | undefined {
  return isEverything(scope) ? undefined : sql`${labels} @> ${JSON.stringify(scope)}::jsonb`;
}

/** Rows of `cms.images`. */
export function imagesWithin(scope: Scope): SQL | undefined {
  return isEverything(scope) ? undefined : instanceCarries(scope, images.sourceInstanceId);
}

/** Rows that name an instance or, where that is null, an image; alerts are such, too. */
export function belongingWithin(
  scope: Scope,
  { instanceId, imageId }: { readonly instanceId: Value; readonly imageId: Value },
): SQL | undefined {
  if (isEverything(scope)) return undefined;
  return sql`CASE WHEN ${instanceId} IS NULL THEN ${sourceCarries(scope, imageId)} ELSE ${instanceCarries(scope, instanceId)} END`;
}

/** The same, said so that an index of the columns finds the rows of an instance or image: quick where a scope is of few. */
export function belongingByIndex(
  scope: Scope,
  { instanceId, imageId }: { readonly instanceId: Value; readonly imageId: Value },
): SQL | undefined {
  if (isEverything(scope)) return undefined;
  const scoped = sql`FROM cms.instances scoped_instance`;
  return sql`(${instanceId} = ANY (ARRAY(SELECT scoped_instance.id ${scoped} WHERE ${carries(scope)})) OR (${instanceId} IS NULL
    AND ${imageId} = ANY (ARRAY(SELECT scoped_image.id ${scoped} JOIN cms.images scoped_image
      ON scoped_image.source_instance_id = scoped_instance.id WHERE ${carries(scope)}))))`;
}

/** Rows of `cms.operations`. */
export function operationsWithin(scope: Scope): SQL | undefined {
  return belongingWithin(scope, { instanceId: operations.instanceId, imageId: operations.imageId });
}

/** Rows that belong to an operation, such as jobs. */
export function ofOperationWithin(scope: Scope, operationId: Value): SQL | undefined {
  const owner = { instanceId: sql`scoped_operation.instance_id`, imageId: sql`scoped_operation.image_id` };
  const condition = belongingWithin(scope, owner);
  if (condition === undefined) return undefined;
  return sql`EXISTS (SELECT FROM cms.operations scoped_operation WHERE scoped_operation.id = ${operationId} AND ${condition})`;
}

/** Rows with an id, as a UUID or as text, that may be of an instance, an image, a drill, or of something else altogether. */
export function ownedWithin(scope: Scope, ownerId: SQL): SQL | undefined {
  if (isEverything(scope)) return undefined;
  // As a UUID, by which the indexes of ids find it; what is none is of nobody.
  const id = sql`CASE WHEN ${ownerId}::text ~ ${UUID_PATTERN} THEN ${ownerId}::text::uuid END`;
  return sql`(${instanceCarries(scope, id)} OR ${sourceCarries(scope, id)}
    OR EXISTS (SELECT FROM cms.drills scoped_drill
      JOIN cms.instances scoped_instance ON scoped_instance.id = scoped_drill.source_instance_id
      WHERE scoped_drill.id = ${id} AND ${carries(scope)}))`;
}

/** Rows of `cms.schedules`: those whose selector asks for all that the scope does, and those of one instance in it. */
export function schedulesWithin(scope: Scope): SQL | undefined {
  if (isEverything(scope)) return undefined;
  return sql`CASE WHEN ${schedules.instanceId} IS NULL THEN ${schedules.selector} @> ${JSON.stringify(scope)}::jsonb
    ELSE ${instanceCarries(scope, schedules.instanceId)} END`;
}

/** Rows of `cms.audit_entries`: what was done to instances, images, operations, users and tokens within the scope. */
export function targetWithin(scope: Scope): SQL | undefined {
  if (isEverything(scope)) return undefined;
  const { target } = auditEntries;
  const within = JSON.stringify(scope);
  return sql`(${ownedWithin(scope, sql`${target}`)} OR ${ofOperationWithin(scope, target)}
    OR EXISTS (SELECT FROM cms.users scoped_user WHERE scoped_user.id = ${target} AND scoped_user.scope @> ${within}::jsonb)
    OR EXISTS (SELECT FROM cms.api_tokens scoped_token WHERE scoped_token.id = ${target} AND scoped_token.scope @> ${within}::jsonb))`;
}
