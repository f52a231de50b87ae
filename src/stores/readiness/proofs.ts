import { type SQL, sql } from 'drizzle-orm';

/** Whether a drill of an image has passed; a look into the index for each, never all drills at once. */
export function provenImage(imageId: SQL): SQL {
  return sql`coalesce((SELECT true FROM cms.drills p WHERE p.image_id = ${imageId} AND p.state = 'PASSED' LIMIT 1), false)`;
}

/** Whether the last drill of an image that said something failed. */
export function refutedImage(imageId: SQL): SQL {
  return sql`coalesce((SELECT p.state = 'FAILED' FROM cms.drills p WHERE p.image_id = ${imageId} AND p.state IN ('PASSED', 'FAILED')
    ORDER BY p.started_at DESC, p.id DESC LIMIT 1), false)`;
}

/** The newest drill of the images of the instance `i`, as rows (id). */
export const newestDrill: SQL = sql`
  SELECT d.id FROM cms.drills d WHERE d.source_instance_id = i.id ORDER BY d.started_at DESC, d.id DESC LIMIT 1`;

/** How the last drill of the images of the instance `i` ended that said something, as rows (id, state, image_id, started_at). */
export const lastVerdict: SQL = sql`
  SELECT d.id, d.state, d.image_id, d.started_at FROM cms.drills d
  WHERE d.source_instance_id = i.id AND d.state IN ('PASSED', 'FAILED')
  ORDER BY d.started_at DESC, d.id DESC LIMIT 1`;

/** The last of them that passed, as rows (recovery_seconds, started_at). */
export const lastProof: SQL = sql`
  SELECT d.recovery_seconds, d.started_at FROM cms.drills d
  WHERE d.source_instance_id = i.id AND d.state = 'PASSED' ORDER BY d.started_at DESC, d.id DESC LIMIT 1`;
