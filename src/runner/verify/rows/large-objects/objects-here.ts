import * as z from 'zod';
import { AnswerError } from '../../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../../guarded-postgres/session.ts';
import { count, hexBytes } from '../../../catalogue/columns.ts';
import { createContentSum } from './content-sum.ts';
import type { LargeObject } from './dumped-objects.ts';
import { rightOf } from './rights.ts';

const LARGEST = 2 ** 50;
const ROW = /^(\d{1,10})\t(\d{1,10})\t\\\\x((?:[0-9a-f]{2})*)\n$/;

const idList = (ids: readonly number[]) => `ARRAY[${ids.join(',')}]::oid[]`;
const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;
const text = hexBytes.transform((bytes) => bytes.toString('latin1'));
const oid = count;

/** How many bytes of a large object a row has, but for the last one. */
export async function readPageBytes(session: Session): Promise<number> {
  const [row] = await session.ask({ sql: `SELECT current_setting('block_size')::int / 4`, row: z.tuple([count]) });
  return Math.max(1, row?.[0] ?? 0);
}

/** The sums of the contents of these that are here, by their ids. */
export async function sumContentsHere(
  session: Session,
  ids: readonly number[],
  pageBytes: number,
  onBytes: (bytes: number) => void,
): Promise<ReadonlyMap<number, string>> {
  const known = await session.ask({
    sql: `SELECT oid FROM pg_largeobject_metadata WHERE oid = ANY (${idList(ids)})`,
    row: z.tuple([oid]),
  });
  const empty = createContentSum(pageBytes).end();
  const sums = new Map(known.map(([id]) => [id, empty]));
  let current: { readonly id: number; readonly sum: ReturnType<typeof createContentSum> } | null = null;
  const finish = () => {
    if (current !== null && sums.has(current.id)) sums.set(current.id, current.sum.end());
  };
  await session.copyOut(
    `COPY (SELECT loid, pageno, data FROM pg_largeobject WHERE loid = ANY (${idList(ids)}) ORDER BY loid, pageno) TO STDOUT`,
    (row) => {
      const [, loid, pageno, data] = ROW.exec(row.toString('latin1')) ?? [];
      if (data === undefined) throw new AnswerError('the server answered with a page of a large object that cannot be');
      if (current?.id !== Number(loid)) {
        finish();
        current = { id: Number(loid), sum: createContentSum(pageBytes) };
      }
      current.sum.take(Buffer.from(data, 'hex'), Number(pageno) * pageBytes);
      onBytes(data.length / 2);
    },
    LARGEST,
  );
  finish();
  return sums;
}

const Facts = z.tuple([oid, text, text, text, text]);
/** Between the parts of what is one text here. */
const [UNIT, RECORD] = ['\\x1f', '\\x1e'];

/** What is known of these of the catalogue of this server, by their ids. */
export async function readObjectsHere(
  session: Session,
  ids: readonly number[],
): Promise<ReadonlyMap<number, LargeObject>> {
  const rows = await session.ask({
    sql: `
      SELECT m.oid, ${hex('pg_get_userbyid(m.lomowner)')},
        encode(coalesce((
          SELECT string_agg(textsend(CASE a.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END) || '${UNIT}'::bytea
            || textsend(a.privilege_type) || '${UNIT}'::bytea || textsend(a.is_grantable::text), '${RECORD}'::bytea)
          FROM aclexplode(coalesce(m.lomacl, acldefault('L', m.lomowner))) a), ''), 'hex'),
        ${hex(`coalesce(obj_description(m.oid, 'pg_largeobject'), '')`)},
        encode(coalesce((
          SELECT string_agg(textsend(s.provider) || '${UNIT}'::bytea || textsend(s.label), '${RECORD}'::bytea ORDER BY s.provider)
          FROM pg_seclabel s WHERE s.classoid = 'pg_largeobject'::regclass AND s.objoid = m.oid), ''), 'hex')
      FROM pg_largeobject_metadata m WHERE m.oid = ANY (${idList(ids)})`,
    row: Facts,
  });
  const parts = (joined: string) => (joined === '' ? [] : joined.split('\x1e').map((one) => one.split('\x1f')));
  return new Map(
    rows.map(([id, owner, acl, comment, labels]) => [
      id,
      {
        id,
        owner,
        rights: new Set(
          parts(acl).map(([grantee = '', privilege = '', isGrantable]) =>
            rightOf(grantee === '' ? null : grantee, privilege, isGrantable === 'true'),
          ),
        ),
        comment,
        labels: parts(labels)
          .map(([provider, label]) => `${provider}: ${label}`)
          .join('\n'),
      },
    ]),
  );
}
