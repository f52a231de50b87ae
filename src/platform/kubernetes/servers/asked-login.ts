import type { ServerSecret } from '../../../../jobs/ports/platform/servers.ts';
import { buildScramVerifier } from '../../../secrets/scram-verifier.ts';
import type { Secret } from '../cluster/objects.ts';

/** The file of a server's Secret by which check-server.sh is asked to give a role a password. */
export const ASKED_LOGIN = 'asked-login';

/** What check-server.sh takes; the server's own superuser can read the file, so that it holds a verifier. */
export function writeAskedLogin({ username, password }: ServerSecret, salt?: Buffer): string {
  if (!/^[a-z0-9_]+$/.test(username)) throw new Error('a login that is asked for has a plain name');
  return `${username}\n${buildScramVerifier(password, salt)}\n`;
}

/** Whether the Secret asks for this login already. Asked for again it would be another text, and set once more. */
export function isAskedFor({ data }: Secret, login: ServerSecret): boolean {
  const asked = Buffer.from(data?.[ASKED_LOGIN] ?? '', 'base64').toString();
  const salt = /\$\d+:([A-Za-z0-9+/=]+)\$/.exec(asked)?.[1];
  return salt !== undefined && asked === writeAskedLogin(login, Buffer.from(salt, 'base64'));
}
