import { expect, test } from 'vitest';
import type { ImageType } from '../../../../schema/states.ts';
import { createServerManifests } from '../../../../src/platform/kubernetes/servers/build-server.ts';
import { kubernetesSettings, readProductTemplates } from '../../../support/kubernetes-templates.ts';
import { serverSpec } from '../../../support/platform-specs.ts';

const servers = createServerManifests(await readProductTemplates(), kubernetesSettings());

/** The lines of a file of access rules that let somebody in over loopback, field by field. */
function loopbackRules(imageType: ImageType, file: string): string[][] {
  const { data } = servers.configuration({ ...serverSpec(), imageType }).body as { data: Record<string, string> };
  const rules = (data[file] ?? '').split('\n').map((line) => line.split(/\s+/));
  return rules.filter(([, , , address]) => address === '127.0.0.1/32' || address === '::1/128');
}

test.each([
  ['STOCK', 'scram-sha-256'],
  ['PG_DURABLE', 'trust'],
] as const)('loopback of a %s server is let in by %s, encrypted or not', (imageType, method) => {
  for (const file of ['pg_hba.conf', 'pg_hba_tls.conf']) {
    expect(loopbackRules(imageType, file)).toEqual([
      ['host', 'all', 'all', '127.0.0.1/32', method],
      ['host', 'all', 'all', '::1/128', method],
    ]);
  }
});
