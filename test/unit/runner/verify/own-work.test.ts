import { expect, it } from 'vitest';
import { RawName } from '../../../../src/guarded-postgres/raw-name.ts';
import type { TocEntry } from '../../../../src/runner/load/toc/toc-entry.ts';
import { partOwnWork } from '../../../../src/runner/verify/rows/own-work.ts';
import type { TableHere } from '../../../../src/runner/verify/rows/table-pairs.ts';

const dumped = (namespace: string, tag: string): TocEntry => ({
  id: 1,
  kind: 'TABLE DATA',
  section: 'DATA',
  tag,
  namespace,
  owner: 'postgres',
  accessMethod: null,
  relationKind: null,
  define: '',
  drop: '',
  copy: '',
  dependsOn: [],
  file: '1.dat',
});
const here = (schema: string, name: string, extension: string): TableHere => ({
  schema: RawName.of(schema),
  name: RawName.of(name),
  rootSchema: RawName.of(schema),
  rootName: RawName.of(name),
  isPartition: false,
  hasRows: true,
  condition: Buffer.alloc(0),
  extension,
});
const own = (namespace: string, tag: string, extension: string, engine: string | null = null) =>
  partOwnWork([dumped(namespace, tag)], [here(namespace, tag, extension)], engine).own;

it('rows of a user are compared, whatever schema they lie in', () => {
  for (const schema of ['df', 'duroxide', '_duroxide', 'cron']) expect(own(schema, 'job', '')).toEqual([]);
  expect(partOwnWork([dumped('df', 'instances')], [], null).own).toEqual([]);
});

it('rows of pg_durable, of its engine and of the jobs of pg_cron are not, and are named', () => {
  expect(own('df', 'instances', 'pg_durable')).toEqual(['df.instances']);
  expect(own('elsewhere', 'executions', '', 'elsewhere')).toEqual(['elsewhere.executions']);
  expect(own('cron', 'job', 'pg_cron')).toEqual(['cron.job']);
  expect(own('cron', 'other', 'pg_cron')).toEqual([]);
});
