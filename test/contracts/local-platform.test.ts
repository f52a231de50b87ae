import { createLocalHome } from '../support/local-platform.ts';
import { platformContract } from './platform.contract.ts';

platformContract('LocalPlatform', async () => {
  const home = await createLocalHome();
  const platform = await home.open();
  return {
    platform,
    stop: async () => {
      await platform.stop();
      await home.stop();
    },
  };
});
