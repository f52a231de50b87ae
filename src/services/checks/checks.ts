import type { Checks } from '../../../resolvers/ports/queries.ts';
import { type ConnectionDependencies, findConnection } from './check-connection.ts';
import { type DiagnosticsDependencies, findDiagnostics } from './diagnostics.ts';

/** The looks at the world outside the records; each asks anew. */
export function createChecks(dependencies: ConnectionDependencies & DiagnosticsDependencies): Checks {
  return {
    connection: (instanceId) => findConnection(dependencies, instanceId),
    diagnostics: () => findDiagnostics(dependencies),
  };
}
