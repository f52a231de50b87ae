/** The state of a step as people see it: what the cancelling of its operation cut short did not fail. */
export function shownState(state: string, isCancelled: boolean): string {
  return isCancelled && state === 'FAILED' ? 'CANCELLED' : state;
}
