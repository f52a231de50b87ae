const PREFIX = 'TOYGRES_';
/** Read by the command line, by jobs and by tests; in a shell they stand beside those of the server. */
const OF_OTHERS = /^TOYGRES_(URL|TOKEN|TEST_.*|CLUSTER_HOME|DEPLOY_PATIENCE|HOSTNAME|TLS)$/;
/** What Kubernetes tells each pod of a service whose name begins with ours ("Accessing the Service" in its documentation). */
const OF_A_SERVICE = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;
/** More than that many letters apart it is no slip. */
const FARTHEST = 6;

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

function findNearest(name: string, known: readonly string[]): string | null {
  const ranked = known
    .filter((each) => each.startsWith(PREFIX))
    .map((each) => ({ each, distance: countEdits(name, each) }))
    .sort((a, b) => a.distance - b.distance);
  const [first] = ranked;
  return first !== undefined && first.distance <= FARTHEST ? first.each : null;
}

/** Levenshtein's distance: letters to insert, delete or replace. */
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
