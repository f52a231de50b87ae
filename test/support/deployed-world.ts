import pg from 'pg';
import { createTestDeployment, type TestDeployment, type TestDeploymentOptions } from './deployment.ts';
import { createE2eClient, type E2eClient } from './e2e-client.ts';
import { findKubectl, readObjects } from './kubectl.ts';

/** API and workers in the cluster, as `deploy` makes them, and a client of theirs. */
export interface DeployedWorld {
  readonly deployed: TestDeployment;
  /** Of the API, without a slash at its end. */
  readonly root: string;
  readonly api: E2eClient;
  readToken(): Promise<string>;
  /** As a client of a server of theirs, from wherever services are reached. */
  connect(instanceId: string): Promise<pg.Client>;
  /** Asks each pod of API and workers, by its own address. */
  askPods(path: string): Promise<readonly { readonly status: number; readonly text: string }[]>;
  /** The names of all pods of API and workers. */
  podNames(): Promise<readonly string[]>;
  /** How often each of them was started again. */
  restarts(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** Deploys all of it, and waits until it runs. */
export async function startDeployedWorld(options: TestDeploymentOptions = {}): Promise<DeployedWorld> {
  findKubectl();
  const deployed = createTestDeployment(options);
  const readToken = async () => {
    const secret = ['secret', 'toygres', '--namespace', deployed.system];
    const { data } = await readObjects<{ data: Record<string, string> }>(...secret);
    return Buffer.from(data.TOYGRES_API_TOKEN ?? '', 'base64').toString();
  };
  const all = async () => [...(await deployed.pods('api')), ...(await deployed.pods('worker'))];
  try {
    await deployed.deploy();
    const root = `http://${await deployed.addressOf('toygres-api')}`;
    const api = createE2eClient({ url: `${root}/graphql`, token: await readToken() });
    return {
      deployed,
      root,
      api,
      readToken,
      connect: async (instanceId) => {
        const { host, user, password } = await api.login(instanceId);
        const [service = ''] = host.split('.');
        const [address = '', port] = (await deployed.addressOf(service, deployed.managed)).split(':');
        const client = new pg.Client({ host: address, port: Number(port), user, password, database: 'postgres' });
        // It may outlive its server when a test fails.
        client.on('error', () => undefined);
        await client.connect();
        return client;
      },
      askPods: async (path) =>
        Promise.all(
          (await all()).map(async ({ status }) => {
            const answer = await fetch(`http://${status.podIP}:8080${path}`);
            return { status: answer.status, text: await answer.text() };
          }),
        ),
      podNames: async () => (await all()).map(({ metadata }) => metadata.name),
      restarts: async () => (await all()).map(({ status }) => status.containerStatuses?.[0]?.restartCount ?? -1),
      stop: async () => {
        await api.stop();
        await deployed.stop();
      },
    };
  } catch (error) {
    await deployed.stop();
    throw error;
  }
}
