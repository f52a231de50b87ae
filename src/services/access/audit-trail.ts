import { AsyncLocalStorage } from 'node:async_hooks';
import type { Audit } from '../../../resolvers/ports/access.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError, type ErrorCode } from '../../../schema/errors.ts';
import { EVERYTHING } from '../../../schema/rules/scope-rules.ts';
import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import { insertAuditEntry, writeAuditEntry } from '../../stores/access/audit.ts';
import { requireWithin } from '../../stores/access/targets.ts';
import type { CommandWatch } from '../commands/watch.ts';

/** What looks on at everything that changes something, or shows a secret. */
export interface AuditTrail {
  /** For the fields of the API. */
  readonly audit: Audit;
  /** For the gate of commands, which write their lines with what they change. */
  readonly watch: CommandWatch;
  /** To be told by work that has written its own line. */
  written(): void;
}

/** What the caller can do nothing about but ask again, or ask us. */
const FAILURES: readonly ErrorCode[] = ['UNAVAILABLE', 'INTERNAL', 'STEP_FAILED'];

function actorOf({ kind, id, name, role }: Caller) {
  return role === null ? null : { kind, id, name };
}

export function createAuditTrail(database: Database, log: Logger): AuditTrail {
  const lines = new AsyncLocalStorage<{ isWritten: boolean }>();

  function written(): void {
    const line = lines.getStore();
    if (line !== undefined) line.isWritten = true;
  }

  const audit: Audit = {
    watch({ action, caller, target }, work) {
      const line = { isWritten: false };
      const head = { action, target, actor: actorOf(caller), address: caller.address ?? null, detail: null };
      return lines.run(line, async () => {
        let result: Awaited<ReturnType<typeof work>>;
        try {
          result = await work();
        } catch (error) {
          const code = error instanceof AppError ? error.code : 'INTERNAL';
          const outcome = FAILURES.includes(code) ? 'FAILED' : 'REFUSED';
          if (head.actor === null) {
            // Who has not said who it is would write as much as it likes into a log that is never cut. Sign-ins write their own
            // lines, as many as are counted.
            if (!line.isWritten) log.warn({ action, address: head.address, outcome, code }, 'a stranger was refused');
          } else if (!line.isWritten) {
            // The caller is to hear why it was refused, and not that this could not be written down.
            await writeAuditEntry(database, { ...head, outcome, code }).catch(() => {
              log.error({ action, outcome, code }, 'a refusal could not be written into the audit log');
            });
          }
          throw error;
        }
        // Nobody gets what was not written down.
        if (!line.isWritten) await writeAuditEntry(database, { ...head, outcome: 'ALLOWED', code: null });
        return result;
      });
    },
  };

  const watch: CommandWatch = {
    async requireInScope(tx, caller, target) {
      await requireWithin(tx, caller.scope ?? EVERYTHING, target);
    },
    async onCommand(tx, { mutation, actor, address, targetId, outcome, code, repeated }) {
      const detail = repeated ? 'answered again for the same idempotency key' : null;
      await insertAuditEntry(tx, { actor, address, action: mutation, target: targetId, outcome, code, detail });
      written();
    },
  };

  return { audit, watch, written };
}
