interface Ended {
  readonly state: string;
  readonly failure?: { readonly code: string } | null | undefined;
}

/** The state of a record as people see it: what somebody cancelled did not fail. */
export function stateOf({ state, failure }: Ended): string {
  return stepState(state, failure?.code === 'CANCELLED');
}

/** The same of a step: what the cancelling of its operation cut short did not fail. */
export function stepState(state: string, isCancelled: boolean): string {
  return isCancelled && state === 'FAILED' ? 'CANCELLED' : state;
}

/** The same of a run of a schedule: nothing kept it from its images but that somebody cancelled what it had begun. */
export function runState(state: string, operations: readonly { readonly state: string }[]): string {
  const isOnlyCancelled = operations.every((one) => one.state === 'CANCELLED' || one.state === 'SUCCEEDED');
  return stepState(state, isOnlyCancelled && operations.some((one) => one.state === 'CANCELLED'));
}
