import type { Address, ServerSecret } from '../../jobs/ports/platform/servers.ts';
import type { GuardedConnection } from '../guarded-postgres/guarded-connection.ts';
import { ordinarySettings, pinnedSettings } from '../guarded-postgres/pinned-settings.ts';

/** What a server says when it lets somebody in: its major version, and whether the role is a superuser there. */
export interface SaidOfItself {
  readonly major: number;
  readonly isSuperuser: boolean;
}

/**
 * What servers have said of themselves, by address and role: a session that sets what the server does not know, or what its role
 * may not, is refused, and is told neither before it is let in.
 */
export interface KnownServers {
  /** Null while nothing is known. */
  read(address: Address, login: ServerSecret): SaidOfItself | null;
  /** Takes note of what is said on a connection. */
  hear(address: Address, login: ServerSecret, connection: GuardedConnection): void;
  note(address: Address, login: ServerSecret, said: SaidOfItself): void;
  forget(address: Address, login: ServerSecret): void;
}

const KEPT_MAX = 10_000;
/** A server that lets nobody in and refuses nobody may be one with an event trigger that waits, as there are from 17 on. */
export const WITH_LOGIN_TRIGGERS: SaidOfItself = { major: 17, isSuperuser: true };
const keyOf = ({ host, port }: Address, { username }: ServerSecret) => `${port} ${username} ${host}`;

export function rememberServers(): KnownServers {
  const servers = new Map<string, SaidOfItself>();
  const keep = (key: string, said: SaidOfItself) => {
    // What is forgotten is learnt again.
    if (servers.size >= KEPT_MAX) servers.clear();
    servers.set(key, said);
  };
  return {
    read: (address, login) => servers.get(keyOf(address, login)) ?? null,
    hear(address, login, connection) {
      let [major, isSuperuser] = [0, false];
      connection.on('parameterStatus', (message: { parameterName?: unknown; parameterValue?: unknown }) => {
        if (message.parameterName === 'server_version')
          major = Number(/^(\d{1,2})\b/.exec(String(message.parameterValue))?.[1] ?? 0);
        if (message.parameterName === 'is_superuser') isSuperuser = message.parameterValue === 'on';
      });
      connection.once('readyForQuery', () => keep(keyOf(address, login), { major, isSuperuser }));
    },
    note: (address, login, said) => keep(keyOf(address, login), said),
    forget: (address, login) => void servers.delete(keyOf(address, login)),
  };
}

/** The settings of a session with such a server; null: those that every one takes from everybody. */
export function pinnedFor(said: SaidOfItself | null): Readonly<Record<string, string>> {
  if (said?.isSuperuser) return pinnedSettings(said.major);
  // Of a role that is no superuser it hides rows, where without it the question would be refused.
  const { row_security: _, ...others } = ordinarySettings(said?.major ?? 0);
  return others;
}
