import { useCallback } from 'react';
import { api } from '../../api/client.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { InstanceLogDocument } from '../../generated/graphql.ts';
import type { LogPart } from '../../ui/log-lines.ts';
import { LogView } from '../../ui/log-view.tsx';
import { Note } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';

const TAIL = 10_000;

/** What the server itself writes, live. */
export function InstanceLogPanel({
  instance,
}: {
  readonly instance: { readonly id: string; readonly name: string; readonly state: string };
}) {
  const { id, name } = instance;
  const refusal = useRefusal('OPERATOR');
  const open = useCallback(
    async function* (signal: AbortSignal): AsyncGenerator<LogPart> {
      // Asked for again, it begins with the newest lines anew.
      yield { replaces: true, lines: [] };
      for await (const lines of api.instanceLogs(id, {
        tailLines: TAIL,
        signal,
        awayForMs: Number.POSITIVE_INFINITY,
      })) {
        yield { lines: lines.map(({ line, at, text }) => ({ line, at: at ?? null, text })) };
      }
    },
    [id],
  );
  return (
    <Panel title="Log of the server">
      {refusal !== null ? (
        <Note>{refusal}</Note>
      ) : (
        <LogView
          open={open}
          name={`${name}.log`}
          linkBy="at"
          code={{
            document: InstanceLogDocument,
            variables: { instanceId: id, tailLines: 100 },
            command: commandLine('instance', 'logs', name, '--follow'),
          }}
        />
      )}
    </Panel>
  );
}
