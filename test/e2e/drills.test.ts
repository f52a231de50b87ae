import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createE2eClient, type E2eClient, TERMINAL } from '../support/e2e-client.ts';
import { query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, listTree, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { fillNastyServer } from '../support/nasty-server.ts';
import { makeTablespace } from '../support/tablespace.ts';

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;
let source: string;

interface Proof {
  readonly state: string;
  readonly recoverySeconds: number | null;
  readonly tablesCompared: number | null;
  readonly rowsCompared: number | null;
  readonly findings: readonly { readonly code: string; readonly object: string | null; readonly severity: string }[];
  readonly failure: { readonly message: string } | null;
}

beforeAll(async () => {
  home = await makeE2eHome('drills');
  server = await home.start();
  api = createE2eClient(server);
  const created = await api.createInstance({ name: 'source' });
  await api.untilOver(created.operationId);
  source = created.id;
  const login = await api.login(source);
  const tablespace = await makeTablespace(home, 'source');
  await fillNastyServer({ query: (database, sql) => query(login, database, sql) }, tablespace);
});
afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

async function prove(imageId: string): Promise<Proof> {
  const { verifyImage } = await api.request<{
    verifyImage: { drill: { id: string; state: string }; operation: { id: string; kind: string } };
  }>(`mutation { verifyImage(input: { imageId: "${imageId}" }) { drill { id state } operation { id kind } } }`);
  expect(verifyImage).toMatchObject({ drill: { state: 'RUNNING' }, operation: { kind: 'VERIFY_IMAGE' } });
  await eventually(
    () => api.operation(verifyImage.operation.id),
    ({ state }) => TERMINAL.includes(state),
    300_000,
  );
  const { drill } = await api.request<{ drill: Proof }>(`{ drill(id: "${verifyImage.drill.id}") {
    state recoverySeconds tablesCompared rowsCompared findings { code object severity } failure { message } } }`);
  return drill;
}

test.each(['LOGICAL', 'PHYSICAL'])(
  'a %s image of a server with the worst names is proven, and the server that proved it is gone',
  async (method) => {
    const image = await api.createImage({ name: method.toLowerCase(), instanceId: source, method });
    await api.untilOver(image.operationId);
    const proof = await prove(image.id);
    expect(proof, JSON.stringify(proof)).toMatchObject({ state: 'PASSED', failure: null });
    expect(proof.recoverySeconds).toBeGreaterThan(0);
    expect(proof.rowsCompared).toBeGreaterThan(100);
    const servers = await listTree(path.join(home.directory, 'state/servers'));
    expect(servers.filter((entry) => entry.includes('drill-'))).toEqual([]);
    const { instance } = await api.request<{ instance: { readiness: unknown } }>(
      `{ instance(id: "${source}") { readiness { status recoverySeconds newestDrill { state image { id lastVerdict { state } } } lastVerdict { state } } } }`,
    );
    expect(instance.readiness).toEqual({
      status: 'READY',
      recoverySeconds: proof.recoverySeconds,
      newestDrill: { state: 'PASSED', image: { id: image.id, lastVerdict: { state: 'PASSED' } } },
      lastVerdict: { state: 'PASSED' },
    });
  },
  300_000,
);
