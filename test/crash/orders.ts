import type { Moment } from './moments.ts';
import type { Environment } from './parts.ts';

/** Where one operation is to be when its worker dies. */
export interface Appointment {
  readonly moment: Moment;
  /** Only `amid`: how long the verb is at work before the death. */
  readonly afterMs: number;
}

/** What a worker that is to die is told. */
export interface Orders {
  readonly environment: Environment;
  readonly appointments: Readonly<Record<string, Appointment>>;
  readonly failing: readonly string[];
}
