import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import type { RolesFile } from '../../restore/load-roles.ts';

const NAME = String.raw`("(?:[^"]|"")*"|[^\s";]+)`;
const OF_ROLE = new RegExp(`^(?:CREATE|ALTER) ROLE ${NAME}`);
const GRANTED = new RegExp(`^GRANT ${NAME} TO ${NAME}`);
const CREATED = /^CREATE ROLE /;

const decode = (text: string) => Buffer.from(text, 'latin1').toString('utf8');

/**
 * Tells roles that are not there, or do not have what they had on the source: attributes, passwords, memberships and
 * settings. A password's verifier is in nothing that is told.
 */
export function compareRoles(source: RolesFile, here: RolesFile): readonly Finding[] {
  const known = new Set([...here.roles, ...here.settings].map(({ text }) => text));
  const lost = [...source.roles, ...source.settings].map(({ text }) => text).filter((text) => !known.has(text));
  const missing = lost.filter((text) => CREATED.test(text)).flatMap((text) => OF_ROLE.exec(text)?.[1] ?? []);
  const tell = (object: string | null, code: string, says: string): Finding => ({
    code,
    severity: 'WARNING',
    database: null,
    object: object === null ? null : decode(object),
    message: `role ${decode(object ?? '')} ${says}`,
    remedy: null,
  });
  const others = new Map<string, string>();
  for (const text of lost) {
    const [, group, member] = GRANTED.exec(text) ?? [];
    const role = member ?? OF_ROLE.exec(text)?.[1] ?? '';
    if (missing.includes(role) || CREATED.test(text)) continue;
    const what =
      group === undefined ? 'does not have the attributes and settings that it had' : `is not in ${decode(group)}`;
    others.set(role, others.has(role) ? `${others.get(role)}, and ${what}` : what);
  }
  return [
    ...missing.map((role) => tell(role, 'OBJECT_NOT_CARRIED', 'is not there')),
    ...[...others].map(([role, says]) => tell(role === '' ? null : role, 'ROLE_DIFFERS', says)),
  ];
}
