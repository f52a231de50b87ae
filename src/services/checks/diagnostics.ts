import type { Finding } from '../../../resolvers/ports/queries.ts';
import { AppError } from '../../../schema/errors.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { Logger } from '../../log/logger.ts';
import { within } from '../../waiting/within.ts';
import type { CommandPlatform } from '../commands/ports.ts';
import { BrokenLinkError, UnknownLink } from './broken-link.ts';
import {
  BLOB_STORE,
  buildServingLinks,
  buildWorkingLinks,
  type Hearing,
  type Link,
  type ServingParts,
} from './links.ts';
import type { SourcesDependencies } from './sources.ts';

/** What a look at the links that serve requests needs. */
export interface ReadinessDependencies extends ServingParts {
  readonly logger: Logger;
  /** How long each link may take to answer. Default 5 s. */
  readonly timeoutMs?: number;
}

/** What a look at every link needs. */
export interface DiagnosticsDependencies extends ReadinessDependencies, SourcesDependencies {
  readonly platform: CommandPlatform;
  readonly listener: Hearing;
}

/** Looks at all of them at once; one that is broken or hangs is a finding with its remedy and holds up no other. */
function lookAt(links: readonly Link[], { logger, timeoutMs = 5000 }: ReadinessDependencies) {
  return Promise.all(
    links.map(async ({ name, remedy, look }): Promise<Finding> => {
      try {
        const found = await within(timeoutMs, look());
        if (found instanceof UnknownLink) return { name, ok: true, known: false, detail: found.detail, remedy: null };
        return { name, ok: true, detail: found, remedy: null };
      } catch (error) {
        if (error instanceof AppError) {
          const better = error instanceof BrokenLinkError ? error.remedy : remedy;
          return { name, ok: false, detail: error.message, remedy: better };
        }
        logger.error({ err: error, link: name }, 'a diagnostic failed');
        const detail = "It failed in a way that is not foreseen: see this server's log.";
        return { name, ok: false, detail, remedy };
      }
    }),
  );
}

/**
 * Whether requests can be served: database and queue, and for `everything` the blob store, in this order. Workers may be
 * away for that.
 */
export function findReadiness(
  dependencies: ReadinessDependencies,
  what: 'everything' | 'traffic',
): Promise<readonly Finding[]> {
  const links = buildServingLinks(dependencies);
  return lookAt(what === 'everything' ? links : links.filter(({ name }) => name !== BLOB_STORE), dependencies);
}

/** What of all links is broken, and how to mend it: those that serve requests first, then those that operations need. */
export function findDiagnostics(
  dependencies: DiagnosticsDependencies,
  scope: Scope = EVERYTHING,
): Promise<readonly Finding[]> {
  return lookAt([...buildServingLinks(dependencies), ...buildWorkingLinks(dependencies, scope)], dependencies);
}
