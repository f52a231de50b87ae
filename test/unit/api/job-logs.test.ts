import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { codes, run } from '../../support/api-execution.ts';
import { fakeServices, sampleOperation } from '../../support/api-fakes.ts';

const UNKNOWN = '5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10';

describe('the logs of a job', () => {
  it('are read with the limits of the contract', async () => {
    const id = randomUUID();
    const requests: unknown[] = [];
    const job = { id, name: 'backup-a', state: 'RUNNING' } as never;
    const services = fakeServices({
      operationQueries: { byIds: async () => [sampleOperation()], jobs: async () => [[job]] },
      logs: {
        readJob: async (_id, request) => {
          requests.push(request);
          return [{ jobId: id, line: 1, attempt: 1, at: null, text: 'dumping' }];
        },
      },
    });
    const ask = (args: string) =>
      run(services, `{ operation(id: "${UNKNOWN}") { jobs { logs${args} { line text } } } }`);
    expect((await ask('')).data.operation.jobs[0].logs).toEqual([{ line: 1, text: 'dumping' }]);
    await ask('(tailLines: null, afterLine: 5)');
    await ask('(afterLine: 5)');
    expect(requests).toEqual([
      { tailLines: 1000, afterLine: null },
      { tailLines: null, afterLine: 5 },
      { tailLines: 1000, afterLine: 5 },
    ]);
    for (const args of ['(tailLines: 10001)', '(tailLines: -1)', '(afterLine: -1)']) {
      expect(codes(await ask(args))).toEqual(['INVALID_INPUT']);
    }
  });
});
