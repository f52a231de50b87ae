import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import type { Checks, ServerFacts } from '../../../resolvers/ports/queries.ts';
import { type ConnectionDependencies, findConnection } from './check-connection.ts';
import { type DiagnosticsDependencies, findDiagnostics } from './diagnostics.ts';

/** What a server says of itself that does not change while it runs. */
export type FixedFacts = Omit<ServerFacts, 'postgresVersions'>;

/** The looks at the world outside the records; each asks anew. */
export function createChecks(
  dependencies: ConnectionDependencies &
    DiagnosticsDependencies & {
      readonly facts: FixedFacts;
      readonly authority: Pick<ServerProbe, 'readTrusted'>;
    },
): Checks {
  return {
    connection: (instanceId) => findConnection(dependencies, instanceId),
    diagnostics: (scope) => findDiagnostics(dependencies, scope),
    certificateAuthority: () => dependencies.authority.readTrusted(),
    async server() {
      const offers = await dependencies.platform.readOffers();
      const versions = new Set(offers.map(({ version }) => version));
      return { ...dependencies.facts, postgresVersions: [...versions].sort((a, b) => Number(b) - Number(a)) };
    },
  };
}
