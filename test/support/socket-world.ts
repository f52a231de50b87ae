import { expect } from 'vitest';
import type { InstanceRecord } from '../../jobs/ports/records.ts';
import type { JobLogRequest } from '../../resolvers/ports/streams.ts';
import { AppError } from '../../schema/errors.ts';
import { fakeServices, sampleOperation } from './api-fakes.ts';
import { type ApiServer, connect, startApi, TOKEN } from './api-server.ts';
import { createFakeStreams, type FakeStreams } from './api-streams.ts';
import { openSocket, type RawSocket } from './raw-socket.ts';

/** In what services throw; nobody may be told. */
export const SECRET = 'hunter2-hunter2';
/** How many lines every job has written, each as long as LINE. */
export const LINES = 2000;
const LINE = 'x'.repeat(50_000);
export const CHANGES = { query: 'subscription { instanceChanged { id name } }' };

/** A server whose services are made for those who subscribe. */
export interface SocketWorld {
  readonly api: ApiServer;
  readonly instances: FakeStreams<InstanceRecord>;
  /** How often operations were read; the percent that each has tells the number of its reading. */
  readonly operationReads: number;
  /** The last line of each job that was asked for. */
  readonly linesTaken: ReadonlyMap<string, number>;
  /** From where logs of jobs were asked for. */
  readonly logRequests: readonly JobLogRequest[];
  /** A connection that has said who it is. */
  login(): Promise<RawSocket>;
  /** Everything that a subscription or a query gives. Throws the errors that it fails with. */
  follow(query: string, variables?: Record<string, unknown>): Promise<unknown[]>;
}

export async function openSocketWorld(): Promise<SocketWorld> {
  const instances = createFakeStreams<InstanceRecord>();
  const linesTaken = new Map<string, number>();
  const logRequests: JobLogRequest[] = [];
  let operationReads = 0;
  const services = fakeServices({
    events: {
      followInstances: (id, signal) => {
        if (id !== null) throw new Error(`Failed query: select $1\nparams: ${SECRET}`);
        return instances.open(signal);
      },
      async *followOperation(operationId, after) {
        if (operationId.startsWith('0')) throw new AppError('NOT_FOUND', 'There is no operation with this id.');
        for (const sequence of [after + 1, after + 2]) {
          yield { operationId, sequence, at: new Date(), state: 'RUNNING', percent: sequence, step: null };
        }
      },
    },
    logs: {
      async *followJob(jobId, request) {
        logRequests.push(request);
        for (let line = 1; line <= LINES; line += 1) {
          linesTaken.set(jobId, line);
          yield { jobId, line, attempt: 1, at: null, text: LINE };
        }
      },
    },
    operationQueries: {
      byIds: async (ids) => {
        operationReads += 1;
        return ids.map((id) => sampleOperation({ id, percent: operationReads, requestedBy: LINE }));
      },
    },
    imageQueries: {
      byIds: async () => {
        throw new Error(`Failed query: select $1\nparams: ${SECRET}`);
      },
    },
  });
  const api = await startApi(services);
  return {
    api,
    instances,
    linesTaken,
    logRequests,
    get operationReads() {
      return operationReads;
    },
    async login() {
      const raw = await openSocket(api.url);
      raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${TOKEN}` } });
      expect((await raw.receive()).type).toBe('connection_ack');
      return raw;
    },
    async follow(query, variables = {}) {
      const client = connect(api.url);
      const seen: unknown[] = [];
      try {
        for await (const result of client.iterate({ query, variables })) seen.push(result);
      } finally {
        await client.dispose();
      }
      return seen;
    },
  };
}
