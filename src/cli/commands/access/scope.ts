/** `team=shop, env=test`, or that there is no limit. */
export function formatScope(scope: readonly { readonly key: string; readonly value: string }[]): string {
  return scope.map(({ key, value }) => `${key}=${value}`).join(', ') || 'everything';
}
