import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layoutOf } from '../../../src/platform/local/layout.ts';
import { renewCertificates } from '../../../src/platform/local/servers/server-certificate.ts';
import { readServerIdentity } from '../../../src/postgres-programs/identity.ts';
import { issueCertificate, makeAuthority } from '../../../src/secrets/certificates/make-certificates.ts';
import { createAuthority } from '../../../src/stores/authorities/authorities.ts';
import { eventually } from '../../support/eventually.ts';
import { secrets } from '../../support/sample-rows.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

const DAY_MS = 86_400_000;

let world: ControlPlane;
let open: string;
let inside: string;
beforeAll(async () => {
  world = await openControlPlane();
  const made = [
    await world.createInstance({ name: 'open', exposure: 'PUBLIC' }),
    await world.createInstance({ name: 'inside' }),
  ];
  for (const { operationId } of made) expect((await world.ended(operationId)).state).toBe('SUCCEEDED');
  [open, inside] = made.map(({ instanceId }) => instanceId) as [string, string];
});
afterAll(() => world?.stop());

/** The certificate that a server shows whoever asks for TLS. */
async function shownBy(instanceId: string): Promise<X509Certificate> {
  const client = await world.connect(instanceId, { ssl: { ca: await world.readTrusted() } });
  const { stream } = (client as unknown as { connection: { stream: { getPeerX509Certificate(): X509Certificate } } })
    .connection;
  const shown = stream.getPeerX509Certificate();
  await client.end();
  return shown;
}

describe('servers with certificates of the installation', () => {
  test('show one that clients verify by name, address and authority', async () => {
    const { resourceName } = await world.instance(inside);
    const shown = await shownBy(inside);
    expect(shown.checkHost('localhost')).toBe('localhost');
    expect(shown.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(shown.checkHost(resourceName)).toBe(resourceName);
    expect(shown.ca).toBe(false);
    expect(shown.verify(new X509Certificate(await world.readTrusted()).publicKey)).toBe(true);
    const stranger = await makeAuthority(new Date());
    await expect(world.connect(inside, { ssl: { ca: stranger.certificate } })).rejects.toThrow(/certificate/);
  });

  test('take TLS alone where they are PUBLIC, and images are taken of them', async () => {
    await expect(world.connect(open)).rejects.toThrow(/no encryption|no pg_hba.conf entry/);
    await (await world.connect(inside)).end();
    const { operationId, imageId } = await world.createImage('over-tls', open);
    expect((await world.ended(operationId)).failure).toBeNull();
    expect((await world.image(imageId)).state).toBe('AVAILABLE');
  });

  test('are known by their own name: a neighbour with its own certificate is told nothing', async () => {
    const [mine, theirs] = [await world.instance(inside), await world.instance(open)];
    expect(mine.endpoint?.tls).toBe(mine.resourceName);
    const login = { username: 'postgres', password: await world.password(inside) };
    const address = { host: '127.0.0.1', port: theirs.endpoint?.port ?? 0, tls: mine.resourceName };
    await expect(
      world.services.probe.connect(address, login, { timeoutMs: 5_000, durable: false }),
    ).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('certificate of this installation'),
    });
  });

  test('get another certificate before theirs ends, while clients stay connected', async () => {
    const layout = layoutOf(world.stateDirectory);
    const paths = layout.server(await world.instance(inside));
    const authority = createAuthority(world.database, secrets);
    const old = await authority.issue([path.basename(paths.directory), 'localhost', '127.0.0.1']);
    const short = await issueCertificate(await makeAuthority(new Date()), ['x'], new Date(Date.now() - 70 * DAY_MS));
    await writeFile(paths.certificate, short.certificate);
    const client = await world.connect(inside);
    const before = (await shownBy(inside)).serialNumber;
    await renewCertificates({
      layout,
      identity: await readServerIdentity(),
      certificates: authority,
    });
    const after = await eventually(
      () => shownBy(inside).catch(() => null),
      (shown) => shown !== null && shown.serialNumber !== before,
    );
    expect(after?.validToDate.getTime()).toBeGreaterThan(Date.now() + 80 * DAY_MS);
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    expect(await readFile(paths.certificateKey, 'utf8')).not.toBe(old.key);
  });
});

describe('the authority', () => {
  test('is made once, keeps its key encrypted, and is followed by another before it ends', async () => {
    const two = [createAuthority(world.database, secrets), createAuthority(world.database, secrets)];
    const [one, other] = await Promise.all(two.map((authority) => authority.readTrusted()));
    expect(one).toBe(other);
    const { rows } = await world.database.pool.query('SELECT * FROM cms.authorities');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
    const later = createAuthority(world.database, secrets, () => new Date(Date.now() + 3000 * DAY_MS));
    const both = await later.readTrusted();
    expect(both.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(both.endsWith(one ?? '?')).toBe(true);
    const { certificate } = await later.issue(['x']);
    expect(certificate).toContain(both.slice(0, both.indexOf('-----END')));
    await world.database.pool.query('DELETE FROM cms.authorities WHERE certificate <> $1', [one]);
  });
});
