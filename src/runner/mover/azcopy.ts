import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import * as z from 'zod/mini';
import { JobFailure } from '../attempt/failure.ts';
import { describeEnd } from '../programs/real-error.ts';
import type { Programs } from '../programs/run-program.ts';

/**
 * How long azcopy may go without a byte before it is given up: while it copies and nobody is there, and in all other cases.
 * By itself it waits a quarter of an hour for an answer, and tries again then.
 */
const UNREACHABLE_MS = 30_000;
const SILENT_MS = 180_000;
const LOOK_MS = 1_000;

const Said = z.object({ MessageType: z.string(), MessageContent: z.string() });
const count = z.catch(z.coerce.number(), 0);
const Content = z.object({
  JobStatus: z.catch(z.string(), ''),
  TotalBytesTransferred: count,
  TotalBytesExpected: count,
  CompleteJobOrdered: z.catch(z.boolean(), false),
  TransfersFailed: count,
  TransfersSkipped: count,
});

export interface AzcopyOptions {
  readonly programs: Programs;
  /** Of our own; logs and plans of azcopy go there. */
  readonly directory: string;
  /** Why the store cannot be reached, as the way to it knows; null when it can. */
  readonly failure: () => string | null;
  /** Words of azcopy for the job's log. */
  readonly log: (text: string) => void;
}

export interface Azcopy {
  /** Copies all, or throws a JobFailure with the cause. `onBytes`: of this copy so far, and all once they are known. */
  copy(args: readonly string[], onBytes: (bytes: number, total: number | null) => void): Promise<void>;
  /** Throws a final JobFailure when it cannot be run. */
  readVersion(): Promise<string>;
}

function parse(line: string): { type: string; text: string } | null {
  try {
    const { MessageType, MessageContent } = Said.parse(JSON.parse(line));
    return { type: MessageType, text: MessageContent };
  } catch {
    return null;
  }
}

function parseContent(text: string): z.infer<typeof Content> | null {
  try {
    return Content.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** azcopy as a child: what it says as JSON is progress, its real errors stand in its log. */
export function createAzcopy({ programs, directory, failure, log }: AzcopyOptions): Azcopy {
  let copies = 0;

  return {
    copy: async (args, onBytes) => {
      copies += 1;
      const own = path.join(directory, `azcopy-${copies}`);
      const logs = path.join(own, 'log');
      await mkdir(logs, { recursive: true, mode: 0o700 });
      const giveUp = new AbortController();
      let [status, bytes, failed, skipped, message] = ['', 0, 0, 0, ''];
      let total: number | null = null;
      let movedAt = performance.now();

      const hear = (line: string) => {
        const said = parse(line);
        if (said?.type === 'Error') {
          message = said.text;
          log(`azcopy: ${message}`);
          return;
        }
        if (said?.type !== 'Progress' && said?.type !== 'EndOfJob') return;
        const content = parseContent(said.text);
        if (content === null) return;
        if (content.JobStatus !== '') status = content.JobStatus;
        failed = content.TransfersFailed;
        skipped = content.TransfersSkipped;
        if (content.CompleteJobOrdered) total = content.TotalBytesExpected;
        if (content.TotalBytesTransferred > bytes) movedAt = performance.now();
        bytes = Math.max(bytes, content.TotalBytesTransferred);
        onBytes(bytes, total);
      };

      const look = async () => {
        const silent = performance.now() - movedAt;
        if (silent < UNREACHABLE_MS) return;
        const seconds = Math.floor(silent / 1000);
        const cause = failure() ?? (await readCause(logs));
        const isUnreachable = /connection refused|no such host|network is unreachable/.test(cause ?? '');
        if (status === 'InProgress' && (isUnreachable || silent >= SILENT_MS)) {
          giveUp.abort(
            new JobFailure(`the blob store does not answer: ${cause ?? `nothing was copied for ${seconds} seconds`}`),
          );
        } else if (status === '' && silent >= SILENT_MS) {
          giveUp.abort(
            new JobFailure(
              `the blob store does not answer: ${cause ?? `it has listed no file for ${seconds} seconds`}`,
            ),
          );
        }
      };
      const timer = setInterval(() => void look(), LOOK_MS);
      try {
        const end = await programs.run('azcopy', {
          arguments: ['copy', ...args, '--output-type=json', '--log-level=WARNING'],
          environment: {
            AZCOPY_LOG_LOCATION: logs,
            AZCOPY_JOB_PLAN_LOCATION: path.join(own, 'plan'),
            AZCOPY_DISABLE_SYSLOG: 'true',
            AZCOPY_BUFFER_GB: '0.3',
          },
          onOutput: hear,
          signal: giveUp.signal,
          // At the end of its input it would read on all the time: here nobody ever says anything.
          input: new PassThrough(),
        });
        if (end.exitCode === 0 && status === 'Completed' && failed === 0 && skipped === 0) return;
        const cause =
          (await readCause(logs)) ?? failure() ?? message.replace(/^Cannot perform copy due to error: /, '');
        const killed = end.signal === null ? '' : describeEnd({ ...end, errorLines: [] });
        const words = [killed, cause].filter((part) => part !== '').join(': ');
        throw new JobFailure(
          `the copy with the blob store failed: ${words || `azcopy ended with status ${status || end.exitCode}`}`,
        );
      } finally {
        clearInterval(timer);
        await rm(own, { recursive: true, force: true });
      }
    },
    readVersion: async () => {
      const end = await programs.run('azcopy', { arguments: ['--version'] }).catch(() => null);
      if (end?.exitCode !== 0) throw new JobFailure('azcopy cannot be run here', { final: true });
      return end.output.trim().split(' ').at(-1) ?? '';
    },
  };
}

const FAILED = /(?:UPLOAD|DOWNLOAD|COPY)FAILED: (.*)/;
const NETWORK = /(dial tcp.*|connection reset.*|no such host.*|i\/o timeout.*|unexpected EOF.*)$/;
const REFUSED = /^(RESPONSE 40[0-9][^:]*:?.*|ERROR CODE: .*)/;
const CODE = /<Code>([A-Za-z]+)</;

/** Why azcopy failed, from its logs, with the code of the store's refusal; null when they say nothing. */
async function readCause(logs: string): Promise<string | null> {
  let [cause, refused, code] = ['', '', ''];
  for (const name of (await readdir(logs).catch(() => [])).sort()) {
    if (!name.endsWith('.log') || name.endsWith('-scanning.log')) continue;
    for await (const line of createInterface({ input: createReadStream(path.join(logs, name)) })) {
      const [, failed] = FAILED.exec(line) ?? [];
      if (cause === '' && failed !== undefined) cause = describeFailed(failed);
      refused = NETWORK.exec(line)?.[1] ?? REFUSED.exec(line)?.[1] ?? refused;
      code = CODE.exec(line)?.[1] ?? code;
    }
  }
  const words = cause || refused;
  if (words === '') return null;
  return code === '' || words.includes(code) ? words : `${words} (${code})`;
}

function describeFailed(line: string): string {
  const file = (line.split(' : ')[0] ?? '').split('?')[0] ?? '';
  const words = line.slice(line.indexOf(' : ') + 3).replace(/^\d{3} : /, '');
  const said = (words.split(' X-Ms-Request-Id')[0] ?? '').replace(/\.$/, '');
  return `${file.split('/outbox/').at(-1) ?? file}: ${said}`;
}
