import { describe, expect, test } from 'vitest';
import type { Hosting } from '../../../../schema/rules/hosting-rules.ts';
import { createJobManifests } from '../../../../src/platform/kubernetes/jobs/build-job.ts';
import { createServerManifests } from '../../../../src/platform/kubernetes/servers/build-server.ts';
import { jobSpec, serverSpec } from '../../../support/platform-specs.ts';
import { jobs, MADE, podOf, read, servers, settings, templates } from './read-manifests.ts';

describe('where pods run', () => {
  const chosen = {
    ...settings,
    placement: {
      nodeSelector: { pool: 'databases' },
      tolerations: [
        { key: 'dedicated', value: 'databases', effect: 'NoSchedule' },
        { key: 'spot', value: null, effect: null },
      ],
      priorityClass: 'databases',
    },
  };

  test('is what the installation chose, of servers and of jobs', () => {
    const server = createServerManifests(templates, chosen).server(serverSpec(), MADE).body;
    const job = createJobManifests(templates, chosen).job(jobSpec('true'), false).body;
    for (const body of [server, job]) {
      expect(podOf(body)).toMatchObject({
        nodeSelector: { pool: 'databases' },
        tolerations: [
          { key: 'dedicated', operator: 'Equal', value: 'databases', effect: 'NoSchedule' },
          { key: 'spot', operator: 'Exists' },
        ],
        priorityClassName: 'databases',
      });
    }
  });

  test('is that and what an instance asks for besides, of its server and of the job on its volume alone', () => {
    const hosting: Hosting = {
      nodeSelector: { disk: 'fast', pool: 'mine' },
      tolerations: [{ key: 'gpu', effect: 'NO_EXECUTE' }],
      priorityClass: 'urgent',
    };
    const server = createServerManifests(templates, chosen).server(serverSpec({ hosting }), MADE).body;
    const made = createJobManifests(templates, chosen);
    const restore = made.job(jobSpec('true', { kind: 'restore', volume: serverSpec(), hosting }), false).body;
    for (const body of [server, restore]) {
      expect(podOf(body)).toMatchObject({
        nodeSelector: { disk: 'fast', pool: 'databases' },
        tolerations: [{ key: 'dedicated' }, { key: 'spot' }, { key: 'gpu', operator: 'Exists', effect: 'NoExecute' }],
        priorityClassName: 'urgent',
      });
    }
    expect(podOf(made.job(jobSpec('true'), false).body)).toMatchObject({ priorityClassName: 'databases' });
  });

  test('is nobody’s business where nobody chose', () => {
    const pod = podOf(servers.server(serverSpec(), MADE).body) as object;
    for (const field of ['nodeSelector', 'tolerations', 'priorityClassName']) expect(pod).not.toHaveProperty(field);
  });
});

describe('every pod', () => {
  const pods = {
    server: podOf(servers.server(serverSpec(), new Date(0)).body),
    backup: podOf(jobs.job(jobSpec('true'), false).body),
    restore: podOf(jobs.job(jobSpec('true', { kind: 'restore', volume: serverSpec() }), false).body),
    verify: podOf(jobs.job(jobSpec('true', { kind: 'verify' }), false).body),
    preflight: podOf(jobs.job(jobSpec('true', { kind: 'preflight' }), false).body),
  };

  test.each(Object.entries(pods))('of a %s is hardened as the restricted level asks, and more', (_, pod) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    const [container] = read(pod, 'containers') as unknown[];
    expect(container).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { requests: { cpu: expect.any(String) }, limits: { memory: expect.any(String) } },
    });
    const modes = JSON.stringify(pod).match(/"defaultMode":\d+/g);
    expect(new Set(modes)).toEqual(new Set(['"defaultMode":292', '"defaultMode":288']));
  });
});
