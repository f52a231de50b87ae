import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { tellFindings } from '../../../../src/runner/load/findings.ts';
import type { TocEntry } from '../../../../src/runner/load/toc/toc-entry.ts';
import { readRolesFile } from '../../../../src/runner/restore/load-roles.ts';
import { compareObjects } from '../../../../src/runner/verify/objects/compare-objects.ts';
import { compareRoles } from '../../../../src/runner/verify/objects/compare-roles.ts';
import { isSameDefinition } from '../../../../src/runner/verify/objects/same-definition.ts';

const entry = (kind: string, tag: string, define: string, more: Partial<TocEntry> = {}): TocEntry => ({
  id: 1,
  kind,
  section: 'PRE_DATA',
  tag,
  namespace: 'public',
  owner: 'postgres',
  accessMethod: null,
  relationKind: null,
  define,
  drop: '',
  copy: '',
  dependsOn: [],
  file: null,
  ...more,
});

function compare(source: readonly TocEntry[], here: readonly TocEntry[]) {
  const found: Finding[] = [];
  const objects = compareObjects(
    source,
    here,
    tellFindings('shop', 'UTF8', (finding) => found.push(finding)),
  );
  return { objects, found: found.map(({ code, object }) => `${code} ${object}`) };
}

describe('definitions', () => {
  it('are the same where only casts and parentheses were written otherwise', () => {
    const before = `CHECK (((x)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))`;
    const after = `CHECK (((x)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))`;
    expect(isSameDefinition(before, after)).toBe(true);
    expect(isSameDefinition(before, before.replace(`'b'`, `'c'`))).toBe(false);
    expect(isSameDefinition('a::timestamp without time zone < b', 'a < (b)')).toBe(true);
    expect(isSameDefinition('a < b', 'a > b')).toBe(false);
  });
});

describe('objects', () => {
  const table = entry('TABLE', 't', 'CREATE TABLE public.t (\n    a integer,\n    b text\n);\n');

  it('are all there, in whatever order they and their columns come', () => {
    const view = entry('VIEW', 'v', 'CREATE VIEW public.v AS\n SELECT 1;\n');
    const turned = entry('TABLE', 't', 'CREATE TABLE public.t (\n    b text,\n    a integer\n);\n');
    expect(compare([table, view], [view, turned])).toEqual({ objects: 2, found: [] });
  });

  it('are told where they are missing, others, or of another owner', () => {
    const view = entry('VIEW', 'v', 'CREATE VIEW public.v AS\n SELECT 1;\n');
    const index = entry('INDEX', 'i', 'CREATE INDEX i ON public.t (a);\n', { section: 'POST_DATA' });
    expect(compare([view, index], []).found).toEqual(['VIEW_LEFT_OUT public.v', 'INDEX_LEFT_OUT public.i']);
    expect(compare([view], [{ ...view, define: view.define.replace('1', '2') }]).found).toEqual([
      'DEFINITION_DIFFERS public.v',
    ]);
    expect(compare([view], [{ ...view, owner: 'clerk' }]).found).toEqual(['OWNER_CHANGED public.v']);
  });

  it('of a check that stands apart and is not valid are told as that', () => {
    const checked = entry(
      'TABLE',
      't',
      'CREATE TABLE public.t (\n    a integer,\n    CONSTRAINT c CHECK ((a > 0))\n);\n',
    );
    const bare = entry('TABLE', 't', 'CREATE TABLE public.t (\n    a integer\n);\n');
    const apart = entry(
      'CHECK CONSTRAINT',
      't c',
      'ALTER TABLE public.t ADD CONSTRAINT c CHECK ((a > 0)) NOT VALID;\n',
    );
    expect(compare([checked], [bare, apart]).found).toEqual(['CONSTRAINT_NOT_VALID c on public.t']);
    expect(compare([checked], [bare]).found).toEqual(['DEFINITION_DIFFERS public.t']);
    const wider = entry('TABLE', 't', 'CREATE TABLE public.t (\n    a integer,\n    b integer\n);\n');
    expect(compare([checked], [wider, apart]).found).toContain('DEFINITION_DIFFERS public.t');
  });

  it('of the same name are told apart by what they are', () => {
    const [a, b] = ['a', 'b'].map((what) => entry('DEFAULT ACL', 'x', `ALTER DEFAULT PRIVILEGES GRANT ${what};\n`));
    if (a === undefined || b === undefined) throw new Error('both are there');
    expect(compare([a, b], [b, a]).found).toEqual([]);
  });

  it('are not rows, large objects and statistics', () => {
    const rows = entry('TABLE DATA', 't', '', { section: 'DATA' });
    const large = entry('BLOB', '4711', 'SELECT lo_create(4711);');
    const fill = entry('MATERIALIZED VIEW DATA', 'm', 'REFRESH', { section: 'POST_DATA' });
    const granted = entry('ACL', 'LARGE OBJECT 4711', 'GRANT SELECT ON LARGE OBJECT 4711 TO clerk;', {
      section: 'NONE',
    });
    expect(compare([rows, large, fill, granted], [])).toEqual({ objects: 0, found: [] });
    const named = entry('VIEW', 'LARGE OBJECT 4711', 'CREATE VIEW public."LARGE OBJECT 4711" AS\n SELECT 1;\n');
    expect(compare([named], []).objects).toBe(1);
  });
});

describe('roles', () => {
  const source = readRolesFile(`CREATE ROLE seller;
    ALTER ROLE seller WITH LOGIN PASSWORD 'SCRAM-SHA-256$secret';
    CREATE ROLE sellers; ALTER ROLE sellers WITH NOLOGIN;
    ALTER ROLE seller SET work_mem TO '5MB';
    GRANT sellers TO seller GRANTED BY postgres;`);

  it('are the same, whatever their order', () => {
    expect(compareRoles(source, source)).toEqual([]);
  });

  it('are told once each, without a password', () => {
    const told = compareRoles(
      source,
      readRolesFile('CREATE ROLE seller; CREATE ROLE sellers; ALTER ROLE sellers WITH NOLOGIN;'),
    );
    expect(told).toMatchObject([{ code: 'ROLE_DIFFERS', object: 'seller' }]);
    expect(told[0]?.message).toContain('is not in sellers');
    expect(JSON.stringify(told)).not.toContain('SCRAM');
    expect(compareRoles(source, readRolesFile(''))).toMatchObject([
      { code: 'OBJECT_NOT_CARRIED', object: 'seller' },
      { code: 'OBJECT_NOT_CARRIED', object: 'sellers' },
    ]);
  });
});
