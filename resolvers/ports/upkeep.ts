import type { DriftState } from '../../schema/states.ts';
import type { DriftRecord, HealthCheckRecord, HealthDayRecord } from './records.ts';

/** Which differences a list shows. */
export interface DriftRequest {
  /** 1 to 100. */
  readonly first: number;
  /** All states when left out or empty. */
  readonly state?: readonly DriftState[] | null | undefined;
}

/** Reads of what those found who look after the platforms; each method is one SQL statement. */
export interface UpkeepQueries {
  /** The newest checks of each instance, in the order of the ids. */
  healthChecks(instanceIds: readonly string[], first: number): Promise<readonly (readonly HealthCheckRecord[])[]>;
  /** The last 24 hours of each instance, in the order of the ids. */
  healthDays(instanceIds: readonly string[]): Promise<readonly HealthDayRecord[]>;
  /** What was seen last comes first. */
  drift(request: DriftRequest): Promise<readonly DriftRecord[]>;
}
