import type { FindingFacts } from '../../schema/rules/finding-rules.ts';
import type { DrillState } from '../../schema/states.ts';
import type { FailureRecord } from './records.ts';
import type { Transaction } from './transaction.ts';

/** A drill as its workflow needs it. */
export interface DrillServer {
  readonly id: string;
  readonly imageId: string;
  readonly platform: string;
  /** What its server is called on the platform. */
  readonly namespace: string;
  readonly resourceName: string;
  readonly state: DrillState;
}

/** How much was compared, and what did not come back as it was. */
export interface Comparison {
  readonly databases: number;
  readonly tables: number;
  readonly rows: number;
  readonly findings: readonly FindingFacts[];
}

/** The drills as workflows need them; the same promises as InstanceRecords. */
export interface DrillRecords {
  read(id: string): Promise<DrillServer>;
  /** The password of its server's superuser, which is that of the image's source: hand it on, never return it from a step. */
  readPassword(id: string): Promise<string>;
  /** It begins now; what an earlier run of it found is forgotten. */
  begin(tx: Transaction, id: string): Promise<void>;
  /** Its server answers now. Again: the first time counts. */
  noteRecovery(tx: Transaction, id: string): Promise<void>;
  noteComparison(tx: Transaction, id: string, comparison: Comparison): Promise<void>;
  markPassed(tx: Transaction, id: string): Promise<void>;
  /** FAILED with the cause, or CANCELLED where that is the cause. */
  markEnded(tx: Transaction, id: string, failure: FailureRecord): Promise<void>;
  /** Takes a FAILED one up again: RUNNING. */
  reopen(tx: Transaction, id: string): Promise<void>;
}
