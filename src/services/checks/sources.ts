import type { InstanceRecords } from '../../../jobs/ports/records.ts';
import type { ServerProbe, SourceOrder } from '../../../jobs/ports/server-probe.ts';
import { SUPERUSER_NAME } from '../../../jobs/ports/superuser.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { Database } from '../../db/database.ts';
import { readWatched, type WatchedInstance } from '../../stores/upkeep/health.ts';
import { within } from '../../waiting/within.ts';

/** So many running instances are looked at, so many at once, and so long each. */
const LOOKED_AT = 48;
const AT_ONCE = 16;
const EACH_MS = 1_200;
/** The session of the server, and what a dump of one table at a time takes. */
const CONNECTIONS_OF_A_DUMP = 4;

/** What a look at running instances needs. */
export interface SourcesDependencies {
  readonly database: Database;
  readonly platform: { readonly id: string };
  readonly instances: Pick<InstanceRecords, 'readPassword'>;
  readonly orders: Pick<ServerProbe, 'readOrder'>;
}

/** What would keep images of running instances waiting, or fail them. */
export interface SourcesLook {
  /** One sentence an instance. */
  readonly disorders: readonly string[];
  readonly looked: number;
  readonly running: number;
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

/** What an image of such a server would wait for or fail of, and what mends it; nothing where it is in order. */
export function describeDisorder(order: SourceOrder): readonly string[] {
  const { connections, freeConnections, locks, tables, prepared, holding, closed } = order;
  const said: string[] = [];
  if (prepared > 0) {
    said.push(
      `${count(prepared, 'prepared transaction is', 'prepared transactions are')} open for more than five seconds (COMMIT or ROLLBACK PREPARED what pg_prepared_xacts lists)`,
    );
  }
  if (holding > 0)
    said.push(
      `${count(holding, 'session keeps', 'sessions keep')} a table to itself for more than five seconds (see pg_locks)`,
    );
  if (freeConnections < CONNECTIONS_OF_A_DUMP) {
    said.push(`${freeConnections} of ${connections} connections are free, and an image takes ${CONNECTIONS_OF_A_DUMP}`);
  }
  if (tables > locks) {
    said.push(
      `a database has ${tables} tables, and there is room for ${locks} locks (raise max_locks_per_transaction)`,
    );
  }
  if (closed > 0)
    said.push(
      `${count(closed, 'database takes', 'databases take')} no connections (ALTER DATABASE ... ALLOW_CONNECTIONS true)`,
    );
  return said;
}

/** Looks at the running instances of the platform within the scope, some at a time. One that does not answer is left to its health. */
export async function lookAtSources(
  dependencies: SourcesDependencies,
  scope: Scope = EVERYTHING,
): Promise<SourcesLook> {
  const all = await readWatched(dependencies.database, dependencies.platform.id, null, scope);
  const some = all.filter(({ endpoint }) => endpoint !== null).slice(0, LOOKED_AT);
  const disorders: string[] = [];
  let looked = 0;
  const left = some[Symbol.iterator]();
  const lane = async () => {
    for (const instance of left) {
      const order = await orderOf(dependencies, instance);
      if (order === null) continue;
      looked += 1;
      const said = describeDisorder(order);
      if (said.length > 0) disorders.push(`${instance.name}: ${said.join('; ')}.`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { disorders: disorders.sort(), looked, running: all.length };
}

async function orderOf(
  { instances, orders }: SourcesDependencies,
  { id, endpoint }: WatchedInstance,
): Promise<SourceOrder | null> {
  if (endpoint === null) return null;
  const { host, port, tls } = endpoint;
  try {
    const login = { username: SUPERUSER_NAME, password: await instances.readPassword(id) };
    const address = { host, port, ...(tls === undefined ? {} : { tls }) };
    return await within(EACH_MS, orders.readOrder(address, login, { timeoutMs: EACH_MS }));
  } catch {
    return null;
  }
}
