const PREFIX = 'TOYGRES_';
/** Read by the command line, by jobs and by tests; in a shell they stand beside those of the server. */
const OF_OTHERS = /^TOYGRES_(URL|TOKEN|TEST_.*|CLUSTER_HOME|DEPLOY_PATIENCE|HOSTNAME|TLS)$/;
/** What Kubernetes tells each pod of a service whose name begins with ours ("Accessing the Service" in its documentation). */
const OF_A_SERVICE = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;
/** More than that share of its letters apart it is no slip. */
const FARTHEST_SHARE = 1 / 3;

/** One line for each variable that begins as ours do and that nothing reads: a typo would be a setting that does nothing. */
export function findUnknownNames(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): readonly string[] {
  const inCluster = environment.KUBERNETES_SERVICE_HOST !== undefined;
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && !OF_OTHERS.test(name))
    .filter((name) => !(inCluster && OF_A_SERVICE.test(name)))
    .sort()
    .map((name) => {
      const nearest = findNearest(name, known);
      return `${name}: is not a setting of Toygres${nearest === null ? '; unset it' : `; ${nearest} is meant?`}`;
    });
}

/** The setting whose name is like this one, also of those that do not begin as ours do: TOYGRES_PORT is meant to be PORT. */
function findNearest(name: string, known: readonly string[]): string | null {
  const own = name.slice(PREFIX.length);
  const [first] = known
    .map((each) => ({ each, distance: countEdits(own, each.startsWith(PREFIX) ? each.slice(PREFIX.length) : each) }))
    .sort((a, b) => a.distance - b.distance);
  return first !== undefined && first.distance <= Math.max(2, own.length * FARTHEST_SHARE) ? first.each : null;
}

/** Letters to insert, delete, replace, or exchange with the next one (Damerau's distance): what fingers do. */
function countEdits(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchanged = isExchanged ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
