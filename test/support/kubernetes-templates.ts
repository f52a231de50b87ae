import path from 'node:path';
import {
  DEFAULT_JOB_RESOURCES,
  DEFAULT_SERVER_RESOURCES,
  type KubernetesSettings,
} from '../../src/platform/kubernetes/settings.ts';
import { readTemplates, type Templates } from '../../src/platform/kubernetes/templates.ts';

export const TEMPLATES = path.resolve(import.meta.dirname, '../../templates');

/** The templates of the product. */
export function readProductTemplates(): Promise<Templates> {
  return readTemplates(TEMPLATES, path.join(TEMPLATES, 'scripts'));
}

/** Settings as an operator who sets nothing has them. */
export function kubernetesSettings(change: Partial<KubernetesSettings> = {}): KubernetesSettings {
  return {
    namespaces: ['test'],
    images: {
      postgres: 'postgres:{version}',
      durable: null,
      job: 'toygres/job:0.1.0-pg{version}',
      durableJob: 'toygres/job-durable:0.1.0-pg{version}',
    },
    versions: null,
    release: null,
    storageClass: null,
    workloadIdentityClientId: null,
    jobConcurrency: 20,
    serverResources: DEFAULT_SERVER_RESOURCES,
    jobResources: DEFAULT_JOB_RESOURCES,
    publicSourceRanges: [],
    serverEgressRanges: [],
    placement: { nodeSelector: {}, tolerations: [], priorityClass: null },
    choices: { resourcesMax: null, storageClasses: [], tolerations: [], priorityClasses: [] },
    dnsSuffix: null,
    startPatienceMs: 540_000,
    ...change,
  };
}
