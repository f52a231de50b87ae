/** What stands in the place of a password. */
export const MASK = '********';

/**
 * What shows a password in statements and connection strings as PostgreSQL logs them. Each masks too much rather than too
 * little: a text that was cut before its end is masked to the end of its line.
 */
const FORMS: readonly (readonly [RegExp, string])[] = [
  // CREATE ROLE ... PASSWORD '...', also ENCRYPTED, in any form of a string constant; OPTIONS (password '...') as well.
  [/\b(password\s+)(?:(?:E|U&)?'(?:[^'\\]|''|\\.)*(?:'|\\?$)|\$(\w*)\$.*?(?:\$\2\$|$))/gi, `$1'${MASK}'`],
  // password=... of a connection string, bare or quoted.
  [/\b((?:ssl)?password\s*=\s*)(?:\\?'(?:[^'\\]|''|\\.)*(?:'|\\?$)|[^\s'",;)&]+)/gi, `$1${MASK}`],
  // scheme://user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@/]+(?=@)/gi, `$1${MASK}`],
  // Verifiers, as pg_dumpall and hashed passwords have them.
  [/\bSCRAM-SHA-256\$\d+:[^\s'"]+/g, MASK],
  [/\bmd5[0-9a-f]{32}\b/g, MASK],
];

const MAY_HOLD = /password|:\/\/|SCRAM-SHA-256|md5[0-9a-f]/i;

/** A line of a log without the passwords of the statements in it. */
export function maskStatement(line: string): string {
  if (!MAY_HOLD.test(line)) return line;
  return FORMS.reduce((text, [form, masked]) => text.replace(form, masked), line);
}
