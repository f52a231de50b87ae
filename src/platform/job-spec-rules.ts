import type { JobSpec } from '../../jobs/ports/platform/jobs.ts';
import { invalidInput } from '../../schema/errors.ts';

const PARAMETER = /^[A-Z][A-Z0-9_]{0,63}$/;
/** What the platform sets itself, and what would change how bash or the loader run the script. */
const RESERVED =
  /^(PATH|HOME|TMPDIR|IFS|ENV|PS4|CDPATH|GLOBIGNORE|BASH.*|SHELL.*|LD_.*|TOYGRES_(SECRETS_DIR|SCRATCH_DIR|SCRATCH_BYTES|ATTEMPT|VOLUME))$/;
const SECRET_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

/** Throws INVALID_INPUT for a job that no platform can run: its parameters become environment, its secrets files. */
export function checkJobSpec(spec: JobSpec): void {
  for (const [name, value] of Object.entries(spec.parameters)) {
    if (!PARAMETER.test(name) || RESERVED.test(name) || value.includes('\0')) {
      throw invalidInput('parameters', 'an environment variable of the script', `${name} cannot be a job's parameter.`);
    }
  }
  for (const name of Object.keys(spec.secrets)) {
    if (!SECRET_NAME.test(name)) throw invalidInput('secrets', 'a plain file name', 'A secret has no plain file name.');
  }
  if (!Number.isInteger(spec.attempts) || spec.attempts < 1 || !(spec.deadlineSeconds > 0)) {
    throw invalidInput('attempts', 'at least one attempt and a deadline', 'A job needs attempts and a deadline.');
  }
}
