import { ownerCommand } from '../entries/entry-commands.ts';
import { objectOf } from '../entries/object-name.ts';
import type { TocEntry } from '../toc/toc-entry.ts';

/** Another form of an entry that keeps the data and gives up what the data does not allow. */
export interface WeakerForm {
  readonly sql: string;
  readonly code: string;
  /** How it is now, to be read behind the object's name. */
  readonly says: string;
  /** What makes it whole once its cause is gone. */
  readonly remedy: string;
}

const statement = (define: string) => define.trim().replace(/;$/, '');

/** The weaker forms of an entry that was refused, the strongest first. */
export function weakerForms(entry: TocEntry): WeakerForm[] {
  switch (entry.kind) {
    case 'FK CONSTRAINT':
    case 'CHECK CONSTRAINT':
      return notValid(entry);
    case 'INDEX':
      return plainIndex(entry);
    case 'CONSTRAINT':
      return plainKey(entry);
    case 'FUNCTION':
    case 'PROCEDURE':
      return withoutSettings(entry);
    default:
      return [];
  }
}

function notValid({ define, drop }: TocEntry): WeakerForm[] {
  if (/ NOT VALID;\s*$/.test(define)) return [];
  const remedy = drop.trim().replace(' DROP CONSTRAINT ', ' VALIDATE CONSTRAINT ');
  return [
    {
      sql: `${statement(define)} NOT VALID;`,
      code: 'CONSTRAINT_NOT_VALID',
      says: 'is there as NOT VALID: new rows are checked, the rows it holds are not',
      remedy,
    },
  ];
}

function plainIndex({ define, drop }: TocEntry): WeakerForm[] {
  if (!define.startsWith('CREATE UNIQUE INDEX ')) return [];
  return [
    {
      sql: define.replace('CREATE UNIQUE INDEX ', 'CREATE INDEX '),
      code: 'INDEX_LEFT_OUT',
      says: 'is there as a plain index and keeps nothing unique',
      remedy: `${drop.trim()} ${define.trim()}`,
    },
  ];
}

/** A setting of a function, as pg_dump writes it: a line of its own before the body. */
const SETTING = /^ {4}SET ("(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_.$]*) TO .*$/gm;

/** A setting that no library here knows costs the function nothing else. */
function withoutSettings(entry: TocEntry): WeakerForm[] {
  const head = entry.define.slice(0, entry.define.search(/^ {4}AS /m) >>> 0);
  const settings = [...head.matchAll(SETTING)];
  const own = ownerCommand(entry);
  const without = (some: readonly RegExpExecArray[]): WeakerForm => {
    const define = some.reduce((text, [line]) => text.replace(`${line}\n`, ''), entry.define);
    const names = some.map(([, name]) => name).join(', ');
    return {
      sql: own === null ? define : `${define}\n${own}`,
      code: 'SETTING_LEFT_OUT',
      says: `is there without its setting of ${names}`,
      remedy: some.map(([line]) => `ALTER ROUTINE ${objectOf(entry)}${line.slice(3)};`).join(' '),
    };
  };
  return [...settings.map((one) => without([one])), ...(settings.length > 1 ? [without(settings)] : [])];
}

const KEY =
  /^ALTER TABLE (?:ONLY )?([\s\S]+?)\n\s+ADD CONSTRAINT ("(?:[^"]|"")*"|\S+) (?:PRIMARY KEY|UNIQUE)(?: NULLS NOT DISTINCT)? (\((?:"(?:[^"]|"")*"|[^")])*\))([\s\S]*?);/;

/** A key that its rows break comes back as the index that served it, without being a key. */
function plainKey({ define, namespace, tag }: TocEntry): WeakerForm[] {
  const [, table, name, columns, rest] = KEY.exec(define) ?? [];
  if (table === undefined || name === undefined || columns === undefined) return [];
  const include = /^ INCLUDE \((?:"(?:[^"]|"")*"|[^")])*\)/.exec(rest ?? '')?.[0] ?? '';
  const schema = /^("(?:[^"]|"")*"|[^."]+)\./.exec(table)?.[1] ?? namespace ?? '';
  return [
    {
      sql: `CREATE INDEX ${name} ON ${table} ${columns}${include};`,
      code: 'INDEX_LEFT_OUT',
      says: `is there as a plain index ${tag.split(' ').at(-1) ?? ''} and keeps nothing unique`.replace('  ', ' '),
      remedy: `DROP INDEX ${schema}.${name}; ${define.trim()}`,
    },
  ];
}
