import { TocError } from '../../../load/toc/byte-reader.ts';

const NAME = String.raw`(?:"(?:[^"]|"")*"|[^\s";]+)`;
const STATEMENT = new RegExp(
  String.raw`(?:(GRANT) ([A-Z, ]+?)|(REVOKE) (GRANT OPTION FOR )?([A-Z, ]+?)) ON LARGE OBJECT \d+ (?:TO|FROM) (?:GROUP )?(${NAME})( WITH GRANT OPTION)?;`,
  'g',
);
const SESSION = new RegExp(`(?:SET SESSION AUTHORIZATION ${NAME}|RESET SESSION AUTHORIZATION);`, 'g');
const ALL = ['SELECT', 'UPDATE'];

/** One right of a role to a large object as a text; `grantee`: null for everybody. */
export function rightOf(grantee: string | null, privilege: string, isGrantable: boolean): string {
  return [
    grantee === null ? 'PUBLIC' : `role ${grantee}`,
    privilege,
    ...(isGrantable ? ['WITH GRANT OPTION'] : []),
  ].join(' ');
}

function granteeOf(written: string): string | null {
  if (written === 'PUBLIC') return null;
  return written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
}

/**
 * The rights to a large object of this owner after the statements of a dump, which begin with those that every owner has.
 * Throws TocError for a statement that pg_dump does not write.
 */
export function rightsAfter(owner: string, statements: string): ReadonlySet<string> {
  const rights = new Set(ALL.map((privilege) => rightOf(owner, privilege, false)));
  const rest = statements.replace(SESSION, '').replace(STATEMENT, (_all, ...found: (string | undefined)[]) => {
    const [grant, granted = '', , optionAlone, revoked = '', written = '', withOption] = found;
    const named = (grant === undefined ? revoked : granted).split(',').map((one) => one.trim());
    const grantee = granteeOf(written);
    for (const privilege of named.includes('ALL') || named.includes('ALL PRIVILEGES') ? ALL : named) {
      const [plain, grantable] = [rightOf(grantee, privilege, false), rightOf(grantee, privilege, true)];
      const had = rights.has(plain) || rights.has(grantable);
      rights.delete(plain);
      rights.delete(grantable);
      if (grant !== undefined) rights.add(withOption === undefined ? plain : grantable);
      else if (optionAlone !== undefined && had) rights.add(plain);
    }
    return '';
  });
  if (rest.replace(/^--.*$/gm, '').trim() !== '')
    throw new TocError('the rights to a large object are not written as pg_dump does');
  return rights;
}
