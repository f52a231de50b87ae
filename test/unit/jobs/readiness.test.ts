import { describe, expect, it } from 'vitest';
import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { ServerStatus } from '../../../jobs/ports/platform/servers.ts';
import { lookWhetherReady } from '../../../jobs/servers/readiness.ts';
import { serverSpec } from '../../support/platform-specs.ts';

const endpoint = { host: '203.0.113.7', port: 5432, dnsName: null };

function look(status: Partial<ServerStatus>) {
  const readServer = async () => ({ phase: 'READY', endpoint, insideAddress: null, detail: null, ...status });
  return lookWhetherReady({ readServer } as unknown as Platform, serverSpec({ exposure: 'PUBLIC' }));
}

describe('a look whether a server is ready', () => {
  it('is done with where clients reach it', async () => {
    expect(await look({})).toEqual({ done: endpoint });
  });

  it('waits while it has no address, with what the platform says of that', async () => {
    const detail = 'the load balancer has no address yet (SyncLoadBalancerFailed: quota)';
    expect(await look({ endpoint: null, detail })).toEqual({ progress: { message: detail } });
    expect(await look({ endpoint: null })).toEqual({ progress: { message: 'waiting for an address' } });
  });

  it('fails with the reason of a server that cannot come up by itself', async () => {
    await expect(look({ phase: 'FAILED', detail: 'no space left on device' })).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('no space left on device'),
    });
  });
});
