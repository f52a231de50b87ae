import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeployedWorld, startDeployedWorld } from '../support/deployed-world.ts';
import { otherImage } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { askFront, greetFront } from '../support/front-door.ts';
import { kubectl } from '../support/kubectl.ts';

const LONG = 600_000;
const CADDY = process.env.TOYGRES_TEST_CADDY_IMAGE;

let world: DeployedWorld;
beforeAll(async () => {
  if (CADDY !== undefined) world = await startDeployedWorld();
}, LONG);
afterAll(() => world?.stop(), LONG);

test.skipIf(CADDY === undefined)(
  'HTTPS ends in front of the API, for requests and for WebSockets, and keeps the metrics inside (where TOYGRES_TEST_CADDY_IMAGE names an image of Caddy)',
  async () => {
    const host = 'toygres.test';
    const settings = [
      { op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: host },
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/env/-',
        value: { name: 'TOYGRES_TLS', value: 'tls internal' },
      },
    ];
    const manifests = await world.deployed.render(['overlays/local'], ['components/front-door', 'components/https'], {
      images: otherImage('caddy', CADDY),
      patches: [{ target: { kind: 'Deployment', name: 'toygres-https' }, patch: JSON.stringify(settings) }],
    });
    await kubectl(['apply', '--server-side', '--filename', '-'], manifests);
    const rollout = ['rollout', 'status', 'deployment/toygres-https', '--namespace', world.deployed.system];
    await kubectl([...rollout, '--timeout', '300s']);
    const address = await eventually(
      () => world.deployed.outsideAddressOf('toygres'),
      (found) => found !== null,
      120_000,
    );
    const front = { address: address ?? '', host };
    // The load balancer may take a moment to know its pod.
    const health = await eventually(
      () => askFront(front, 'https', '/health').catch(() => null),
      (answer) => answer?.status === 200,
      60_000,
    );
    expect(health?.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(await askFront(front, 'https', '/metrics')).toMatchObject({ status: 404 });
    expect(await askFront(front, 'http', '/health')).toMatchObject({
      status: 308,
      headers: { location: `https://${host}/health` },
    });
    expect(await greetFront(front, await world.readToken())).toEqual({ type: 'connection_ack' });
  },
  LONG,
);
