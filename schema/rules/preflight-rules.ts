import { checkIdempotencyKey } from './idempotency-rules.ts';
import { checkNamespace, checkVersion } from './instance-rules.ts';

/** What is checked of the input of runPreflight; null is as good as left out. */
export interface RunPreflightForm {
  readonly namespace?: string | null | undefined;
  readonly postgresVersion?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** Requires the form of every field. Which namespaces are configured is checked later. */
export function checkRunPreflight(input: RunPreflightForm): void {
  if (input.namespace != null) checkNamespace(input.namespace);
  if (input.postgresVersion != null) checkVersion(input.postgresVersion);
  checkIdempotencyKey(input);
}
