import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { eventually } from './eventually.ts';
import { kubectl, readObjects } from './kubectl.ts';
import { ROOT } from './source-files.ts';

const run = promisify(execFile);
/** Not the one of the image: any must do. */
const OTHER_USER = 1_234_567;

export interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly securityContext: { readonly runAsUser: number } };
  readonly status: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly restartCount: number; readonly ready: boolean }[];
  };
}

export interface MoreChanges {
  readonly patches?: readonly object[];
  readonly images?: readonly object[];
}

/** The manifests of `deploy`, in two namespaces of a test's own. */
export interface TestDeployment {
  readonly system: string;
  readonly managed: string;
  /** All manifests of a kustomization in `deploy`, renamed; patches and images as kustomize has them. */
  render(resources: readonly string[], components?: readonly string[], more?: MoreChanges): Promise<string>;
  /** Applies the overlay `local`, makes its Secrets, and waits until everything runs. */
  deploy(): Promise<void>;
  /** Applies the overlay over what is there, and waits until everything runs. */
  upgrade(): Promise<void>;
  untilRolledOut(): Promise<void>;
  pods(component: string): Promise<readonly Pod[]>;
  /** `address:port` of a Service within `system`, reached from wherever services are. */
  addressOf(service: string, namespace?: string): Promise<string>;
  /** Where a load balancer is reached; null while it has no address. */
  outsideAddressOf(service: string): Promise<string | null>;
  stop(): Promise<void>;
}

const rename = (kind: string, from: string, to: string) => ({
  target: { kind, name: from },
  options: { allowNameChange: true },
  patch: JSON.stringify([{ op: 'replace', path: '/metadata/name', value: to }]),
});
const move = (from: string, to: string) => ({
  target: { namespace: from },
  patch: JSON.stringify([{ op: 'replace', path: '/metadata/namespace', value: to }]),
});

export interface TestDeploymentOptions {
  /** Names its namespaces; default: one of its own. Another deployment of the same id is in its place. */
  readonly id?: string;
  /** Whose `deploy` it is; default: this one's. */
  readonly checkout?: string;
  /** Of the images of API and workers. */
  readonly tag?: string;
  /** Settings besides, `NAME=value`. */
  readonly settings?: readonly string[];
}

/** Does nothing yet. */
export function createTestDeployment({
  id = randomBytes(4).toString('hex'),
  checkout = ROOT,
  tag = process.env.TOYGRES_TEST_SERVER_TAG ?? '0.1.0',
  settings = [],
}: TestDeploymentOptions = {}): TestDeployment {
  const deploy = path.join(checkout, 'deploy');
  const [system, managed] = [`test-${id}-system`, `test-${id}-managed`];

  async function render(
    resources: readonly string[],
    components: readonly string[] = [],
    { patches = [], images = [] }: MoreChanges = {},
  ): Promise<string> {
    // Within `deploy`: a kustomization names its parts by relative paths.
    const directory = await mkdtemp(path.join(deploy, '.overlay-'));
    const up = (names: readonly string[]) => names.map((name) => `../${name}`);
    const isLocal = resources.includes('overlays/local');
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: up(resources),
      components: up(components),
      images: [
        { name: 'toygres/server', newTag: tag },
        ...otherImage('mcr.microsoft.com/azure-storage/azurite', process.env.TOYGRES_TEST_AZURITE_IMAGE),
        ...images,
      ],
      configMapGenerator: [
        {
          name: 'toygres-settings',
          namespace: 'toygres-system',
          behavior: 'merge',
          literals: [`TOYGRES_NAMESPACE=${managed}`, ...settings],
        },
      ],
      patches: [
        move('toygres-system', system),
        move('toygres-managed', managed),
        rename('Namespace', 'toygres-system', system),
        rename('Namespace', 'toygres-managed', managed),
        {
          target: { kind: 'RoleBinding', name: 'toygres' },
          patch: JSON.stringify([{ op: 'replace', path: '/subjects/0/namespace', value: system }]),
        },
        {
          target: { kind: 'Deployment', name: 'toygres-worker' },
          patch: JSON.stringify([
            { op: 'replace', path: '/spec/template/spec/securityContext/runAsUser', value: OTHER_USER },
          ]),
        },
        // Some images of it have the program elsewhere.
        ...(isLocal ? [{ target: { kind: 'StatefulSet', name: 'toygres-azurite' }, patch: AZURITE_PATH }] : []),
        ...patches,
      ],
    };
    try {
      await writeFile(path.join(directory, 'kustomization.yaml'), stringify(kustomization));
      return (await kubectl(['kustomize', directory])).text;
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  async function untilRolledOut(): Promise<void> {
    const rollouts = [
      'statefulset/toygres-cms',
      'statefulset/toygres-azurite',
      'deployment/toygres-api',
      'deployment/toygres-worker',
    ];
    for (const name of rollouts) {
      await kubectl(['rollout', 'status', name, '--namespace', system, '--timeout', '300s']).catch(
        async (error: Error) => {
          const { text } = await kubectl(['get', 'pods,events', '--namespace', system]);
          throw new Error(`${error.message}\n${text}`);
        },
      );
    }
  }

  async function apply(): Promise<void> {
    await kubectl(['apply', '--server-side', '--filename', '-'], await render(['overlays/local']));
  }

  return {
    system,
    managed,
    render,
    upgrade: async () => {
      await apply();
      await untilRolledOut();
    },
    untilRolledOut,
    deploy: async () => {
      await apply();
      const made = await run(path.join(deploy, 'overlays/local/make-secrets.sh'), {
        env: { ...process.env, NAMESPACE: system },
      });
      await kubectl(['create', '--filename', '-'], made.stdout);
      await untilRolledOut();
    },
    pods: async (component) => {
      const selector = `app.kubernetes.io/component=${component}`;
      const { items } = await readObjects<{ items: Pod[] }>('pods', '--namespace', system, '--selector', selector);
      return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    },
    addressOf: async (service, namespace = system) => {
      const { spec } = await readObjects<{ spec: { clusterIP: string; ports: { port: number }[] } }>(
        'service',
        service,
        '--namespace',
        namespace,
      );
      return `${spec.clusterIP}:${spec.ports[0]?.port}`;
    },
    outsideAddressOf: async (service) => {
      const { status } = await readObjects<{ status: { loadBalancer: { ingress?: { ip: string }[] } } }>(
        'service',
        service,
        '--namespace',
        system,
      );
      return status.loadBalancer.ingress?.[0]?.ip ?? null;
    },
    stop: async () => {
      // A namespace waits for its pods before it removes a Job, and a failed pod of such a Job for the next one.
      await kubectl(['delete', 'jobs', '--all', '--namespace', managed, '--ignore-not-found']);
      await kubectl(['delete', 'namespace', system, managed, '--ignore-not-found', '--wait=false']);
      await eventually(
        async () =>
          (await kubectl(['get', 'namespace', system, managed, '--ignore-not-found', '--output', 'name'])).text,
        (left) => left === '',
        480_000,
      );
    },
  };
}

/** As kustomize puts another image, `name:tag`, in the place of one; nothing where none is given. */
export function otherImage(name: string, image = ''): readonly object[] {
  const [, newName, newTag] = /^(.+):([^:/]+)$/.exec(image) ?? [];
  return newName === undefined ? [] : [{ name, newName, newTag }];
}

const AZURITE_PATH = JSON.stringify([
  {
    op: 'add',
    path: '/spec/template/spec/containers/0/env/-',
    value: {
      name: 'PATH',
      value: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/azurite/node_modules/.bin',
    },
  },
]);
