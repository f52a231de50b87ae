import { randomUUID } from 'node:crypto';
import type { Client } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InstanceRecord } from '../../../jobs/ports/records.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { fakeServices, sampleImage, sampleInstance } from '../../support/api-fakes.ts';
import { type ApiServer, connect, startApi } from '../../support/api-server.ts';
import { createFakeStreams, type FakeStreams } from '../../support/api-streams.ts';
import { eventually } from '../../support/eventually.ts';

const CALLERS: Readonly<Record<string, Caller>> = {
  admin: { kind: 'USER', id: null, name: 'admin', role: 'ADMIN' },
  viewer: { kind: 'USER', id: null, name: 'viewer', role: 'VIEWER' },
  shop: { kind: 'TOKEN', id: null, name: 'shop', role: 'ADMIN', scope: { team: 'shop' } },
};
const PARENT = 'subscription { instanceChanged { name sourceImage { id name } } }';
const SAME_PARENT = 'subscription Other {\n  instanceChanged {\n    name\n    sourceImage { id name }\n  }\n}';
const DIFFERENT = 'subscription { instanceChanged { sourceImage { sizeBytes } } }';

let instances: FakeStreams<InstanceRecord>;
let imageReads: string[];
let api: ApiServer;
let clients: Client[];

beforeEach(async () => {
  instances = createFakeStreams();
  imageReads = [];
  clients = [];
  const servicesFor = (scope: string) =>
    fakeServices({
      events: { followInstances: (_id, signal) => instances.open(signal) },
      imageQueries: {
        byIds: async (ids) => {
          imageReads.push(scope);
          return ids.map((id) => sampleImage({ id, name: `read ${imageReads.length}` }));
        },
      },
    });
  api = await startApi(fakeServices(), async () => [], {
    services: (scope) => servicesFor(JSON.stringify(scope)),
    auth: {
      async authenticate(authorization) {
        const caller = CALLERS[String(authorization).replace('Bearer ', '')];
        if (caller === undefined) throw new AppError('UNAUTHENTICATED', 'nobody');
        return caller;
      },
    },
  });
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.dispose()));
  await api.stop();
});

/** Follows with one document; answers with what it has got so far. */
function follow(query: string, token = 'admin'): unknown[] {
  const client = connect(api.url, { token });
  clients.push(client);
  const seen: unknown[] = [];
  client.subscribe(
    { query },
    {
      next: (result) => seen.push(result.data?.instanceChanged),
      error: () => undefined,
      complete: () => undefined,
    },
  );
  return seen;
}

async function push(followers: readonly unknown[][], record: InstanceRecord, each = 1): Promise<void> {
  await eventually(
    () => instances.live,
    (live) => live === followers.length,
  );
  instances.push(record);
  await eventually(
    () => followers.every((seen) => seen.length === each),
    (all) => all,
  );
}

describe('followers of the same change', () => {
  it('who ask for the same get one answer, however they write it', async () => {
    const followers = [PARENT, PARENT, SAME_PARENT, PARENT].map((query) => follow(query));
    await push(followers, sampleInstance({ name: 'a', sourceImageId: randomUUID() }));
    expect(imageReads).toEqual(['{}']);
    expect(new Set(followers.map((seen) => JSON.stringify(seen))).size).toBe(1);
  });

  it('who ask for different things share what is read beneath it', async () => {
    const followers = [PARENT, DIFFERENT, DIFFERENT].map((query) => follow(query));
    await push(followers, sampleInstance({ sourceImageId: randomUUID() }));
    expect(imageReads).toEqual(['{}']);
    expect(followers[1]).toEqual([{ sourceImage: { sizeBytes: 1 } }]);
  });

  it('share nothing between the scopes of callers', async () => {
    const followers = [follow(PARENT), follow(PARENT, 'shop'), follow(PARENT, 'shop')];
    await push(followers, sampleInstance({ sourceImageId: randomUUID() }));
    expect(imageReads.sort()).toEqual(['{"team":"shop"}', '{}']);
    expect(followers[1]).toEqual(followers[2]);
    expect(followers[0]).not.toEqual(followers[1]);
  });

  it('share no answer between roles, and what is read all the same', async () => {
    const followers = [follow(PARENT), follow(PARENT, 'viewer')];
    await push(followers, sampleInstance({ sourceImageId: randomUUID() }));
    expect(imageReads).toEqual(['{}']);
  });

  it('read anew for the next one', async () => {
    const followers = [follow(PARENT), follow(PARENT)];
    const sourceImageId = randomUUID();
    await push(followers, sampleInstance({ sourceImageId }));
    await push(followers, sampleInstance({ sourceImageId }), 2);
    expect(imageReads).toEqual(['{}', '{}']);
    expect(followers[0]?.[1]).not.toEqual(followers[0]?.[0]);
  });
});
