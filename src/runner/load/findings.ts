import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import type { Severity } from '../../../schema/rules/finding-rules.ts';
import { decoderOf } from '../../guarded-postgres/decoder.ts';
import type { ServerError } from '../../guarded-postgres/server-error.ts';

/** Something to be told of an object; names and statements have one byte a character. */
export interface ToTell {
  readonly code: string;
  readonly severity: Severity;
  readonly object: string | null;
  /** Behind the object's name, one sentence without its end. */
  readonly says: string;
  /** In whose words the reason is. */
  readonly cause: ServerError | null;
  readonly remedy: string | null;
}

/** Where what does not come back as it was is told. */
export interface Told {
  tell(told: ToTell): void;
}

/** Findings of one database, told as they are found. */
export function tellFindings(database: string, encoding: string, found: (finding: Finding) => void): Told {
  const decode = decoderOf(encoding);
  return {
    tell: ({ code, severity, object, says, cause, remedy }) => {
      const name = object === null ? null : decode(object);
      const words = cause === null ? '' : `: ${cause.words}`;
      found({
        code,
        severity,
        database,
        object: name,
        message: `${name === null ? '' : `${name} `}${decode(says)}${words}`,
        remedy: remedy === null ? null : decode(remedy),
      });
    },
  };
}
