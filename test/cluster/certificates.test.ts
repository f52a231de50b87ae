import type { X509Certificate } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServerSpec } from '../../jobs/ports/platform/servers.ts';
import { buildTls } from '../../src/guarded-postgres/verified-tls.ts';
import { issueCertificate, makeAuthority } from '../../src/secrets/certificates/make-certificates.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { eventually } from '../support/eventually.ts';

const PATIENCE_MS = 200_000;
const DAY_MS = 86_400_000;

interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly certificateAuthority: string;
  readonly connectionString: string;
}
interface Instance {
  readonly resourceName: string;
  readonly endpoint: { readonly host: string; readonly port: number };
}

let world: ControlPlane;
let [open, inside] = ['', ''];
beforeAll(async () => {
  world = await startControlPlane('cluster-certificates');
  const made = [
    await world.api.createInstance({ name: 'open', postgresVersion: '15', storageGib: 1, exposure: 'PUBLIC' }),
    await world.api.createInstance({ name: 'inside', postgresVersion: '15', storageGib: 1 }),
  ];
  for (const { operationId } of made) await world.api.untilOver(operationId);
  [open, inside] = made.map(({ id }) => id) as [string, string];
});
afterAll(() => world?.stop());

const read = async (id: string) =>
  (
    await world.api.request<{ instance: Instance }>(
      'query ($id: ID!) { instance(id: $id) { resourceName endpoint { host port } } }',
      { id },
    )
  ).instance;
const credentials = async (id: string) =>
  (
    await world.api.request<{ instanceCredentials: Credentials }>(
      `query ($id: ID!) { instanceCredentials(instanceId: $id) {
        username password certificateAuthority connectionString(verify: true) } }`,
      { id },
    )
  ).instanceCredentials;
const dnsNameOf = ({ resourceName }: Instance) => `${resourceName}-svc.${world.namespace.name}.svc.cluster.local`;

/** A client that knows the server by this name, or one without TLS. */
async function connect(id: string, name: string | null): Promise<pg.Client> {
  const { certificateAuthority: trusted } = await credentials(id);
  const { host, port, user, password } = await world.login(id);
  const ssl = name === null ? false : buildTls({ name, trusted });
  const client = new pg.Client({ host, port, user, password, database: 'postgres', ssl });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function shownBy(id: string, name: string): Promise<X509Certificate> {
  const client = await connect(id, name);
  const { stream } = (client as unknown as { connection: { stream: { getPeerX509Certificate(): X509Certificate } } })
    .connection;
  const shown = stream.getPeerX509Certificate();
  await client.end();
  return shown;
}

const certificateOf = async ({ resourceName }: Instance) =>
  `/api/v1/namespaces/${world.namespace.name}/secrets/${resourceName}-tls`;

test('a PUBLIC server takes TLS alone, and is verified by the address of its load balancer', async () => {
  await expect(connect(open, null)).rejects.toThrow(/no encryption|no pg_hba.conf entry/);
  const { endpoint } = await read(open);
  const shown = await eventually(
    () => shownBy(open, endpoint.host).catch(() => null),
    (one) => one !== null,
    PATIENCE_MS,
  );
  expect(shown?.checkIP(endpoint.host)).toBe(endpoint.host);
  const { connectionString } = await credentials(open);
  expect(connectionString).toContain(`@${endpoint.host}:5432/`);
  expect(connectionString).toContain('sslmode=verify-full');
});

test('an INTERNAL one is verified by the name of its service, and only by its own', async () => {
  const [mine, theirs] = [await read(inside), await read(open)];
  expect(mine.endpoint.host).toBe(dnsNameOf(mine));
  expect((await shownBy(inside, mine.endpoint.host)).checkHost(dnsNameOf(mine))).toBe(dnsNameOf(mine));
  await expect(connect(inside, dnsNameOf(theirs))).rejects.toThrow(/altnames|does not match/);
  await (await connect(inside, null)).end();
});

test('the tools of a job reach a server that takes TLS alone', async () => {
  const image = await world.api.createImage({ name: 'over-tls', instanceId: open });
  await world.api.untilOver(image.operationId);
  const { items } = (await world.namespace.ask('GET', `/api/v1/namespaces/${world.namespace.name}/pods`)).body as {
    items: { spec: { containers: object[] } }[];
  };
  expect(items.length).toBeGreaterThan(0);
  expect(JSON.stringify(items)).not.toContain('PRIVATE KEY');
});

test('another certificate comes before the end of the first, while clients stay connected', async () => {
  const instance = await read(inside);
  const name = dnsNameOf(instance);
  const client = await connect(inside, name);
  const before = (await shownBy(inside, name)).serialNumber;
  const old = await issueCertificate(await makeAuthority(new Date()), [name], new Date(Date.now() - 70 * DAY_MS));
  const data = {
    'tls.crt': Buffer.from(old.certificate).toString('base64'),
    'tls.key': Buffer.from(old.key).toString('base64'),
  };
  expect((await world.namespace.ask('PATCH', await certificateOf(instance), { data })).status).toBe(200);
  await world.restart();
  const after = await eventually(
    () => shownBy(inside, name).catch(() => null),
    (shown) => shown !== null && shown.serialNumber !== before,
    PATIENCE_MS,
  );
  expect(after?.validToDate.getTime()).toBeGreaterThan(Date.now() + 80 * DAY_MS);
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await client.end();
});

test('a server that was started without one is named by drift, and has one from its next start', async () => {
  const { resourceName } = await read(inside);
  const spec: ServerSpec = {
    namespace: world.namespace.name,
    resourceName,
    instanceId: inside,
    operationId: inside,
    imageType: 'STOCK',
    postgresVersion: '15',
    storageGib: 1,
    exposure: 'INTERNAL',
    dnsLabel: null,
    parameters: {},
    hosting: {},
    storageClass: null,
  };
  // This platform has no certificates to give, as releases before had none.
  await world.platform.stopServer(spec);
  await world.platform.ensureServer(spec);
  // What differs is looked for at a start, and then every few minutes.
  await world.restart();
  const drift = async () =>
    (await world.api.request<{ drift: { name: string; reason: string }[] }>('{ drift { name reason } }')).drift;
  const named = await eventually(drift, (all) => all.some(({ name }) => name === resourceName), PATIENCE_MS);
  expect(named.find(({ name }) => name === resourceName)?.reason).toMatch(/pod differ/);
  await eventually(
    () =>
      credentials(inside).then(
        () => null,
        (error: Error) => error.message,
      ),
    (message) => message?.includes('restart the instance') === true,
    PATIENCE_MS,
  );
  await world.api.untilOver((await world.api.changeInstance('restart', inside)).operationId);
  await shownBy(inside, dnsNameOf(await read(inside)));
});

test('a deleted server leaves neither certificate nor key', async () => {
  for (const id of [open, inside])
    await world.api.untilOver((await world.api.changeInstance('delete', id)).operationId);
  const { body } = await world.namespace.ask('GET', `/api/v1/namespaces/${world.namespace.name}/secrets`);
  const names = (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
  expect(names.filter((name) => name.endsWith('-tls'))).toEqual([]);
});
