import type { LogLineRecord } from '../../../resolvers/ports/records.ts';
import type { LogStreams } from '../../../resolvers/ports/streams.ts';
import { createLineMask } from '../../secrets/mask-lines.ts';
import { maskStatement } from '../../secrets/mask-statement.ts';

/** Each line is masked once, however many read it: those who follow the same log are given the same lines. */
const masked = new WeakMap<LogLineRecord, LogLineRecord>();
const maskedLists = new WeakMap<readonly LogLineRecord[], readonly LogLineRecord[]>();

function maskLine(line: LogLineRecord): LogLineRecord {
  const known = masked.get(line);
  if (known !== undefined) return known;
  const text = maskStatement(line.text);
  const shown = text === line.text ? line : { ...line, text };
  masked.set(line, shown);
  return shown;
}

function maskList(lines: readonly LogLineRecord[]): readonly LogLineRecord[] {
  const known = maskedLists.get(lines);
  if (known !== undefined) return known;
  const shown = lines.map(maskLine);
  maskedLists.set(lines, shown);
  return shown;
}

async function* each<T>(stream: AsyncIterable<T>, mask: (value: T) => T): AsyncGenerator<T, void, void> {
  for await (const value of stream) yield mask(value);
}

/** Statements of a server's log go over several lines: who follows it passes them in their order. */
function createServerLineMask(): (line: LogLineRecord) => LogLineRecord {
  const maskNext = createLineMask();
  return (line) => {
    const text = maskNext(line.text);
    return text === line.text ? line : { ...line, text };
  };
}

/** The logs without the passwords that statements in them show. */
export function maskLogs(logs: LogStreams): LogStreams {
  return {
    readJob: async (jobId, request) => maskList(await logs.readJob(jobId, request)),
    followJob: (jobId, request, signal) => each(logs.followJob(jobId, request, signal), maskLine),
    followJobBatches: (jobId, request, signal) => each(logs.followJobBatches(jobId, request, signal), maskList),
    followInstance: (instanceId, request, signal) =>
      each(logs.followInstance(instanceId, request, signal), createServerLineMask()),
    followInstanceBatches: (instanceId, request, signal) => {
      const maskNext = createServerLineMask();
      return each(logs.followInstanceBatches(instanceId, request, signal), (lines) => lines.map(maskNext));
    },
  };
}
