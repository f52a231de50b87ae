import type { FailureRecord } from '../../jobs/ports/records.ts';
import type { FindingFacts } from '../../schema/rules/finding-rules.ts';
import type { DrillState } from '../../schema/states.ts';

/** A drill as it stands in the CMS. */
export interface DrillRecord {
  readonly id: string;
  readonly state: DrillState;
  readonly imageId: string;
  readonly operationId: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly recoverySeconds: number | null;
  readonly databasesCompared: number | null;
  readonly tablesCompared: number | null;
  readonly rowsCompared: number | null;
  /** The gravest first. */
  readonly findings: readonly FindingFacts[];
  readonly failure: FailureRecord | null;
}

/** Reads of drills; each is one SQL statement, however many keys it is given. */
export interface DrillQueries {
  byIds(ids: readonly string[]): Promise<readonly (DrillRecord | null)[]>;
  /** The newest so many of each image; with states those alone that are in one of them. */
  ofImages(
    imageIds: readonly string[],
    first: number,
    states?: readonly DrillState[],
  ): Promise<readonly (readonly DrillRecord[])[]>;
}
