import type { Moment } from './moments.ts';
import type { Environment } from './parts.ts';

/** Where one operation is to be when its worker dies. */
export interface Appointment {
  readonly moment: Moment;
  /** Only `amid`: how long the verb is at work before the death. */
  readonly afterMs: number;
}

/** What a worker that is to die, or to freeze, is told. */
export interface Orders {
  readonly environment: Environment;
  /** `freeze`: it stops itself (SIGSTOP) instead, and when it is woken goes on with all that it had in hand. */
  readonly ending: 'die' | 'freeze';
  readonly appointments: Readonly<Record<string, Appointment>>;
  readonly failing: readonly string[];
}
