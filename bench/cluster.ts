import { createTestNamespace } from '../test/support/cluster.ts';
import { createLimitedAccount } from '../test/support/cluster-account.ts';
import { benchClusterOperations } from './cluster-operations.ts';
import { benchWaiting } from './cluster-waiting.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import type { SectionReport } from './report.ts';

/** The product on the cluster of KUBECONFIG, with the rights that are deployed: its calls of the API server, and its time. */
export async function benchCluster(place: Place, options: BenchOptions): Promise<SectionReport> {
  await using stops = new AsyncDisposableStack();
  const namespace = await createTestNamespace({ labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
  const isRemoved = place.onInterrupt(() => namespace.stop());
  stops.defer(async () => {
    await namespace.stop();
    isRemoved();
  });
  const account = await createLimitedAccount(namespace);
  stops.defer(() => account.stop());
  return {
    section: 'cluster',
    measurements: [
      ...(await benchWaiting(place, namespace)),
      ...(await benchClusterOperations(place, namespace, account, options)),
    ],
  };
}
