import type { Database } from '../../src/db/database.ts';

/** A statement as the database carried it out. */
export interface StatementPlan {
  readonly text: string;
  /** Rows that were read from tables and indexes, also those that were not wanted. */
  readonly rowsRead: number;
  /** Rows that it answered with, or changed. */
  readonly rowsReturned: number;
  /** Pages of tables and indexes that it looked at. */
  readonly pages: number;
  readonly ms: number;
  /** The tables that were read from their beginning to their end. */
  readonly scanned: readonly string[];
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly Node[];
}

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const child of node.Plans ?? []) yield* nodesOf(child);
}

function rowsReadBy(node: Node): number {
  if (!/Scan$/.test(node['Node Type'])) return 0;
  const each =
    (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  // What a bitmap of an index finds is read again from the table; a CTE or subquery reads no table.
  const reads = node['Relation Name'] !== undefined;
  return reads ? each * (node['Actual Loops'] ?? 1) : 0;
}

/** Has the work done, and each of its statements once more to see how; what that changes is taken back. */
export async function explainStatements(database: Database, work: () => Promise<unknown>): Promise<StatementPlan[]> {
  const { pool } = database;
  const statements: { readonly text: string; readonly values: readonly unknown[] }[] = [];
  const query = pool.query.bind(pool);
  const spy = (first: { text: string; values?: unknown[] } | string, values?: unknown[], ...rest: unknown[]) => {
    const given = values ?? (typeof first === 'string' ? [] : (first.values ?? []));
    statements.push({ text: typeof first === 'string' ? first : first.text, values: given });
    return (query as (...words: unknown[]) => unknown)(first, values, ...rest);
  };
  pool.query = spy as typeof pool.query;
  try {
    await work();
  } finally {
    pool.query = query as typeof pool.query;
  }
  const client = await pool.connect();
  try {
    const plans: StatementPlan[] = [];
    for (const { text, values } of statements) {
      await client.query('BEGIN');
      const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${text}`, [...values]);
      await client.query('ROLLBACK');
      const [{ Plan: root, 'Execution Time': ms }] = rows[0]['QUERY PLAN'];
      const nodes = [...nodesOf(root)];
      plans.push({
        text,
        ms,
        rowsRead: nodes.reduce((sum, node) => sum + rowsReadBy(node), 0),
        rowsReturned: root['Actual Rows'] ?? 0,
        pages: (root['Shared Hit Blocks'] ?? 0) + (root['Shared Read Blocks'] ?? 0),
        scanned: nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? ''),
      });
    }
    return plans;
  } finally {
    client.release();
  }
}
