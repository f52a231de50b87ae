import { createTestNamespace, type TestNamespace } from './cluster.ts';
import { eventually } from './eventually.ts';

interface Kept {
  readonly target: string;
  readonly body: { readonly apiVersion?: string; readonly kind?: string } & Record<string, unknown>;
}

interface Found {
  readonly metadata: {
    readonly name: string;
    readonly labels?: object;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: object;
  readonly type?: string;
}

/** In the order in which they are made again. */
const KINDS = [
  '/api/v1 persistentvolumeclaims',
  '/api/v1 secrets',
  '/api/v1 configmaps',
  '/api/v1 services',
  '/apis/networking.k8s.io/v1 networkpolicies',
  '/apis/apps/v1 statefulsets',
];

/** What a cluster gives an object by itself is not the backup's to say. */
function keep({ metadata, spec, data, type }: Found): Kept['body'] {
  const { name, labels, annotations = {} } = metadata;
  const own = Object.entries(annotations).filter(([key]) => !key.startsWith('pv.kubernetes.io/'));
  const { clusterIP: _, clusterIPs: __, ...rest } = spec ?? {};
  return {
    metadata: { name, labels, annotations: Object.fromEntries(own) },
    ...(spec !== undefined && { spec: rest }),
    ...(data !== undefined && { data }),
    ...(type !== undefined && { type }),
  };
}

/**
 * Removes a namespace and makes it again with all that is ours in it, on the same disks, as a backup of a cluster is brought
 * back: nothing keeps its id, the namespace neither.
 */
export async function restoreNamespace(
  namespace: TestNamespace,
  labels: Record<string, string>,
): Promise<TestNamespace> {
  const { ask, name } = namespace;
  const kept: Kept[] = [];
  const volumes: string[] = [];
  for (const line of KINDS) {
    const [group = '', plural = ''] = line.split(' ');
    const target = `${group}/namespaces/${name}/${plural}`;
    const { body } = await ask('GET', `${target}?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dtoygres`);
    for (const found of (body as { items: Found[] }).items) {
      kept.push({ target, body: keep(found) });
      if (plural === 'persistentvolumeclaims') volumes.push(String(found.spec?.volumeName));
    }
  }
  const setVolume = (volume: string, spec: object) => ask('PATCH', `/api/v1/persistentvolumes/${volume}`, { spec });
  for (const volume of volumes) await setVolume(volume, { persistentVolumeReclaimPolicy: 'Retain' });

  // Removes the one that is there.
  const again = await createTestNamespace({ name, labels });
  for (const volume of volumes) {
    await eventually(
      () => ask('GET', `/api/v1/persistentvolumes/${volume}`),
      ({ body }) => (body as { status: { phase: string } }).status.phase === 'Released',
      60_000,
    );
    await setVolume(volume, { claimRef: { uid: null, resourceVersion: null } });
  }
  for (const { target, body } of kept) {
    const { status } = await ask('POST', target, body);
    if (status >= 300) throw new Error(`${target} was answered with ${status}`);
  }
  for (const volume of volumes) {
    await eventually(
      () => ask('GET', `/api/v1/persistentvolumes/${volume}`),
      ({ body }) => (body as { status: { phase: string } }).status.phase === 'Bound',
      60_000,
    );
    await setVolume(volume, { persistentVolumeReclaimPolicy: 'Delete' });
  }
  return again;
}
