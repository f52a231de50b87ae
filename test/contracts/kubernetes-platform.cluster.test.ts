import { createTestNamespace } from '../support/cluster.ts';
import { platformContract } from './platform.contract.ts';

platformContract('KubernetesPlatform', async () => {
  const namespace = await createTestNamespace({ name: 'test' });
  const platform = await namespace.open();
  return {
    platform,
    addressOf: (endpoint) => platform.findAddress(endpoint),
    stop: () => namespace.stop(),
  };
});
