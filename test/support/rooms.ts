/** The rooms of the house, what is in each, and which others it may import. `docs/architecture.md` prints both tables. */
export const TOP_LEVEL: Readonly<Record<string, readonly string[]>> = {
  schema: ['schema'],
  drizzle: ['drizzle', 'schema'],
  jobs: ['jobs', 'schema'],
  resolvers: ['resolvers', 'schema', 'jobs'],
  src: ['src', 'schema', 'jobs', 'resolvers', 'drizzle'],
  // What a browser runs: of src it knows the client of the public API alone, of schema the rules, as the test says by name.
  web: ['web', 'src', 'schema'],
  deploy: ['deploy'],
};

/** Below these rooms of src there is nothing but what all of them may use. */
const GROUND = [
  'db',
  'config',
  'log',
  'metrics',
  'secrets',
  'postgres-programs',
  'machine',
  'waiting',
  'guarded-postgres',
];
const MIDDLE = [
  'api',
  'services',
  'workflow',
  'platform',
  'storage',
  'events',
  'auth',
  'embedded',
  'upkeep',
  'schedules',
  'notify',
];
export const SRC_ROOMS: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['app.ts', 'app', 'config', 'log'],
  'app.ts': ['app', ...MIDDLE, 'stores', ...GROUND],
  app: ['app', ...MIDDLE, 'stores', ...GROUND],
  stores: ['stores', ...GROUND],
  cli: ['cli', 'client'],
  client: ['client'],
  // A program of its own, beside the data.
  runner: ['runner', 'secrets', 'postgres-programs', 'machine', 'waiting', 'guarded-postgres'],
  ...Object.fromEntries(MIDDLE.map((name) => [name, [name, 'stores', ...GROUND]])),
  ...Object.fromEntries(GROUND.map((name) => [name, GROUND])),
};

const HOLDS: Readonly<Record<string, string>> = {
  schema: 'the vocabulary: GraphQL types and inputs, rules for input, states, errors',
  drizzle: 'the tables and the generated migrations',
  jobs: 'the workflows, as stories, and the ports that they need',
  resolvers: 'queries, mutations, fields and subscriptions, a noun a folder',
  src: 'adapters, engine, servers, the program beside the data; `app.ts` puts them together',
  web: 'the console, a client of the public API in the browser; it knows `src/client` and `schema/rules` alone',
  deploy: 'manifests, and what makes the chart of them',
  app: 'the composition root: what a server is made of, in the order in which it starts',
  api: 'GraphQL over HTTP, WebSocket and event streams; limits, errors, the IDE, probes',
  services: 'what a mutation decides and writes, behind one gate; looks at the world outside the records',
  workflow: 'the engine: who holds a run, its steps, its end, its compensation',
  platform: 'servers and jobs on this machine, or on Kubernetes',
  storage: 'the blob store',
  events: 'followers: of operations, changes and logs',
  auth: 'who calls',
  embedded: 'the services of a standalone server: its home, its PostgreSQL, its blob store',
  upkeep: 'rounds: health, leftovers, pruning',
  schedules: 'images by schedules, retention, readiness, alerts',
  notify: 'webhooks',
  stores: 'all SQL on the records, a noun a folder: records, writes, queries',
  runner: 'the program beside the data: attempts, backup, restore, preflight; the mover of files and the worker apart',
  client: 'the client of the public API, for programs',
  cli: 'the command line, a client of the public API; the demo',
  db: 'connections to the database of records, migrations, notifications',
  config: 'the environment, read in one place',
  log: 'the log',
  metrics: 'what is measured',
  secrets: 'encryption of passwords at rest, masking',
  'postgres-programs': "PostgreSQL's own programs and clusters of this machine",
  machine: 'files, locks, processes, ports of this machine',
  waiting: 'pauses, backoff, waiting for conditions',
  'guarded-postgres': 'sessions with servers that may be hostile: SCRAM only, answers within budgets',
};

const ground = 'the ground rooms';

function shorten(allowed: readonly string[]): string {
  const rest = allowed.filter((name) => !GROUND.includes(name));
  const isGround = GROUND.every((name) => allowed.includes(name));
  return (isGround ? [...rest, ground] : allowed).join(', ');
}

/** Both tables as the documentation prints them. */
export function printRooms(): string {
  const top = Object.entries(TOP_LEVEL).map(
    ([name, allowed]) =>
      `| \`${name}/\` | ${HOLDS[name]} | ${allowed.filter((one) => one !== name).join(', ') || 'nothing of ours'} |`,
  );
  const inside = Object.entries(SRC_ROOMS)
    .filter(([name]) => !name.endsWith('.ts'))
    .map(
      ([name, allowed]) =>
        `| \`src/${name}\` | ${HOLDS[name]} | ${GROUND.includes(name) ? ground : shorten(allowed.filter((one) => one !== name)) || 'nothing of ours'} |`,
    );
  const head = (title: string) => [`| ${title} | holds | may import |`, '| --- | --- | --- |'];
  return [
    ...head('room'),
    ...top,
    '',
    ...head('room of src'),
    ...inside,
    '',
    `The ground rooms are ${GROUND.map((name) => `\`${name}\``).join(', ')}: they import each other, and nothing above them.`,
  ].join('\n');
}
