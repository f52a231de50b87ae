import type { AlertKind, ReadinessStatus, Severity } from '../../schema/states.ts';
import type { Page, PageRequest } from './queries.ts';

/** An alert as it stands in the CMS. */
export interface AlertRecord {
  readonly id: string;
  readonly platform: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly message: string;
  readonly remedy: string | null;
  readonly instanceId: string | null;
  readonly imageId: string | null;
  readonly scheduleId: string | null;
  readonly operationId: string | null;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly revision: number;
  /** The same as `openedAt`: alerts stand in their lists by it. */
  readonly createdAt: Date;
}

/** Reads of alerts; each method is one SQL statement (a page with its count: at most two). */
export interface AlertQueries {
  byIds(ids: readonly string[]): Promise<readonly (AlertRecord | null)[]>;
  /** `open` true: those that are not over; false: those that are; null: all. */
  page(open: boolean | null, page: PageRequest): Promise<Page<AlertRecord>>;
}

/** How well an instance could be brought back. */
export interface ReadinessRecord {
  readonly status: ReadinessStatus;
  readonly reasons: readonly string[];
  readonly newestImageId: string | null;
  readonly newestDrillId: string | null;
  /** The newest that passed or failed. */
  readonly lastVerdictId: string | null;
  readonly dataAgeSeconds: number | null;
  readonly recoverySeconds: number | null;
}

/** Reads of readiness: one statement for all instances of a page. */
export interface ReadinessQueries {
  ofInstances(instanceIds: readonly string[]): Promise<readonly (ReadinessRecord | null)[]>;
}
