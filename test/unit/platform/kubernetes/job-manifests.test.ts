import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOVER_SECRETS } from '../../../../jobs/ports/mover-secrets.ts';
import { imageFor } from '../../../../src/config/container-images.ts';
import { createJobManifests } from '../../../../src/platform/kubernetes/jobs/build-job.ts';
import { jobSpec, serverSpec } from '../../../support/platform-specs.ts';
import { jobs, podOf, read, settings, shapeOf, templates } from './read-manifests.ts';

describe('the manifests of a job', () => {
  test('have the shape of the template whatever names, parameters and secrets hold', () => {
    const build = (name: string, value: string) => {
      const spec = jobSpec(value, { name, operationId: value, imageId: value, secrets: { password: value } });
      return [jobs.job(spec, false), jobs.scripts(spec), jobs.secret(spec, value)].map(({ body }) => body);
    };
    const shape = shapeOf(build('a', 'b'));
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (name, value) => {
        const [job, , secret] = build(name, value);
        expect(shapeOf(build(name, value))).toEqual(shape);
        expect(read(job, 'metadata', 'name')).toBe(name);
        expect(read(secret, 'data', 'password')).toBe(Buffer.from(value).toString('base64'));
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  test('a preflight is made as a backup is: the same image, account, limits and labels, another script', () => {
    const common = { secrets: { sas: 's' }, id: 'id', name: 'name', operationId: 'o' };
    const podOfKind = (kind: 'backup' | 'preflight') => {
      const { body } = jobs.job(jobSpec('true', { ...common, kind }), false);
      return JSON.stringify(read(body, 'spec'))
        .replaceAll(`/toygres/scripts/${kind}.sh`, '')
        .replaceAll(`"${kind}"`, '');
    };
    expect(podOfKind('preflight')).toBe(podOfKind('backup'));
    const durable = jobs.job(
      jobSpec('true', { kind: 'preflight', imageType: 'PG_DURABLE', postgresVersion: '17' }),
      false,
    );
    expect(read(podOf(durable.body), 'containers', 0, 'image')).toBe(imageFor(settings.images.durableJob, '17'));
  });

  test('have the image by its digest, pulled from a registry that is named and from no other', () => {
    const image = `registry.example.com/job@sha256:${'0a'.repeat(32)}`;
    const listed = createJobManifests(templates, {
      ...settings,
      images: { ...settings.images, job: `15=toygres/job:1,17=${image}` },
    });
    const containersOf = (postgresVersion: string) => {
      const pod = podOf(
        listed.job(jobSpec('true', { kind: 'backup', program: 'backup-physical', postgresVersion }), false).body,
      );
      return ['initContainers', 'containers'].map((name) => [
        read(pod, name, 0, 'image'),
        read(pod, name, 0, 'imagePullPolicy'),
      ]);
    };
    expect(containersOf('17')).toEqual(Array(2).fill([image, 'IfNotPresent']));
    expect(containersOf('15')).toEqual(Array(2).fill(['toygres/job:1', 'Never']));
    expect(() => containersOf('16')).toThrow('has no image for PostgreSQL 16');
  });

  test('show the container each parameter as it is, though Kubernetes gives a meaning to the dollar sign', () => {
    const value = '$(PGHOST) $$ $x $(touch /tmp/never)';
    const { body } = jobs.job(jobSpec('true', { parameters: { ODD: value } }), false);
    const environment = read(podOf(body), 'containers', 0, 'env') as { name: string; value: string }[];
    const written = environment.find(({ name }) => name === 'ODD')?.value ?? '';
    // What Kubernetes makes of it: two dollar signs are one, and a reference stands for a variable.
    expect(written.replaceAll('$$', '$')).toBe(value);
    expect(written.replaceAll('$$', '')).not.toContain('$');
  });

  test('mount every script where the others look for it, though a key cannot hold a slash', () => {
    const spec = jobSpec('true');
    const files = read(jobs.scripts(spec).body, 'data') as Record<string, string>;
    const volumes = read(podOf(jobs.job(spec, false).body), 'volumes') as Record<string, never>[];
    const items = read(volumes[0], 'configMap', 'items') as { key: string; path: string }[];
    expect(items.map(({ path }) => path)).toEqual([...templates.scripts.keys()]);
    expect(items.map(({ path }) => path)).toContain('scripts/lib/control.sh');
    for (const { key, path } of items) {
      expect(key).toMatch(/^[-._a-zA-Z0-9]+$/);
      expect(files[key]).toBe(templates.scripts.get(path));
    }
  });

  test('secrets stand in the Secret and nowhere else', () => {
    const spec = jobSpec('true', { secrets: { password: 'a-password-to-look-for' } });
    const others = JSON.stringify([jobs.scripts(spec), jobs.job(spec, false)]);
    expect(others).not.toContain('a-password-to-look-for');
    expect(read(jobs.secret(spec, 'uid').body, 'data')).toEqual({
      password: Buffer.from('a-password-to-look-for').toString('base64'),
    });
  });

  test('a restore of a server with pg_durable runs in an image that has the extension, a backup needs none', () => {
    const imageOf = (spec: ReturnType<typeof jobSpec>) =>
      read(
        podOf(jobs.job({ ...spec, imageType: 'PG_DURABLE', postgresVersion: '17' }, false).body),
        'containers',
        0,
        'image',
      );
    expect(imageOf(jobSpec('true'))).toBe('toygres/job:0.1.0-pg17');
    expect(imageOf(jobSpec('true', { kind: 'restore', volume: serverSpec() }))).toBe('toygres/job-durable:0.1.0-pg17');
  });

  test('a job on a volume mounts it, another does not', () => {
    const volumes = (spec: ReturnType<typeof jobSpec>) =>
      JSON.stringify(read(podOf(jobs.job(spec, false).body), 'volumes'));
    expect(volumes(jobSpec('true'))).not.toContain('persistentVolumeClaim');
    const server = serverSpec();
    const spec = jobSpec('true', { kind: 'restore', volume: server });
    expect(volumes(spec)).toContain(`"claimName":"${server.resourceName}-pvc"`);
  });

  test('a job asks for the scratch space that it needs, may take what it may take at most, and is told that', () => {
    const MIB = 2 ** 20;
    const podFor = (change: Partial<ReturnType<typeof jobSpec>>) => {
      const pod = podOf(jobs.job(jobSpec('true', change), false).body);
      const volumes = read(pod, 'volumes') as { name: string; emptyDir?: { sizeLimit: string } }[];
      const environment = read(pod, 'containers', 0, 'env') as { name: string; value: string }[];
      return {
        request: Number(read(pod, 'containers', 0, 'resources', 'requests', 'ephemeral-storage')) / MIB,
        limit: Number(read(pod, 'containers', 0, 'resources', 'limits', 'ephemeral-storage')) / MIB,
        scratch: Number(volumes.find(({ name }) => name === 'scratch')?.emptyDir?.sizeLimit) / MIB,
        told: Number(environment.find(({ name }) => name === 'TOYGRES_SCRATCH_BYTES')?.value) / MIB,
      };
    };
    expect(podFor({ scratchBytes: 100 * MIB })).toEqual({ request: 180, limit: 180, scratch: 116, told: 100 });
    const more = { scratchBytes: 100 * MIB, scratchAtMostBytes: 300 * MIB };
    expect(podFor(more)).toEqual({ request: 180, limit: 380, scratch: 316, told: 300 });
    expect(podFor({ ...more, scratchAtMostBytes: MIB })).toEqual(podFor({ scratchBytes: 100 * MIB }));
  });

  test('with workload identity the pod carries the label, the account and how azcopy signs in, and no signature', () => {
    const withIdentity = createJobManifests(templates, { ...settings, workloadIdentityClientId: 'client-id' });
    const { body } = withIdentity.job(jobSpec('true', { parameters: {} }), false);
    expect(read(body, 'spec', 'template', 'metadata', 'labels')).toMatchObject({
      'azure.workload.identity/use': 'true',
    });
    expect(podOf(body)).toMatchObject({ serviceAccountName: 'toygres-jobs', automountServiceAccountToken: false });
    expect(read(podOf(body), 'containers', 0, 'env')).toContainEqual({
      name: 'AZCOPY_AUTO_LOGIN_TYPE',
      value: 'WORKLOAD',
    });
    expect(withIdentity.account('test')?.body).toMatchObject({
      metadata: { annotations: { 'azure.workload.identity/client-id': 'client-id' } },
    });
    expect(jobs.account('test')).toBeNull();
  });
});

describe('a job whose program has no script', () => {
  const movers = createJobManifests({ ...templates, scripts: new Map() }, { ...settings, release: '1.2.3' });
  const secrets = { password: 'p', sas: 's', 'read-sas': 'r', 'file-key': 'k' };
  const kinds = { backup: null, restore: serverSpec(), verify: null, preflight: null } as const;
  const podOfKind = (kind: keyof typeof kinds, change: Partial<typeof settings> = {}) => {
    const made = createJobManifests({ ...templates, scripts: new Map() }, { ...settings, ...change });
    return made.job(jobSpec('true', { kind, volume: kinds[kind], secrets }), false).body;
  };
  const mountsOf = (container: unknown) =>
    (read(container, 'volumeMounts') as { name: string }[]).map(({ name }) => name);
  const keysOf = (pod: unknown, name: string) => {
    const volumes = read(pod, 'volumes') as {
      name: string;
      secret?: { optional: boolean; items: { key: string }[] };
    }[];
    const secret = volumes.find((volume) => volume.name === name)?.secret;
    // Without its items it would hold all.
    expect(secret?.optional).toBe(true);
    return secret?.items.map(({ key }) => key);
  };

  test.each(Object.keys(kinds) as (keyof typeof kinds)[])('a %s has the grant in the mover alone', (kind) => {
    const pod = podOf(podOfKind(kind));
    const [mover] = read(pod, 'initContainers') as unknown[];
    const [job] = read(pod, 'containers') as unknown[];
    expect(keysOf(pod, 'grant')).toEqual(MOVER_SECRETS);
    expect(keysOf(pod, 'secrets')).toEqual(['password']);
    expect(mountsOf(mover)).toContain('grant');
    expect(mountsOf(mover)).not.toContain('secrets');
    expect(mountsOf(mover)).not.toContain('volume');
    for (const name of ['grant', 'mover']) expect(mountsOf(job)).not.toContain(name);
    expect(mover).toMatchObject({
      restartPolicy: 'Always',
      securityContext: {
        runAsUser: 998,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { requests: { cpu: expect.any(String) }, limits: { memory: expect.any(String) } },
    });
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsUser: 999 } });
    expect(JSON.stringify(pod)).not.toContain('shareProcessNamespace');
  });

  test('a job that has nothing but a grant shows its program no secret at all', () => {
    const { body } = movers.job(jobSpec('true', { kind: 'preflight', secrets: { sas: 's', 'read-sas': 'r' } }), false);
    expect(keysOf(podOf(body), 'secrets')).toEqual(['password']);
  });

  test('with workload identity the webhook passes by the program, and only the mover signs in', () => {
    const made = createJobManifests(
      { ...templates, scripts: new Map() },
      { ...settings, workloadIdentityClientId: 'client-id' },
    );
    const { body } = made.job(jobSpec('true', { secrets: { password: 'p' } }), false);
    expect(read(body, 'spec', 'template', 'metadata', 'annotations')).toEqual({
      'azure.workload.identity/skip-containers': 'job',
    });
    const signIn = { name: 'AZCOPY_AUTO_LOGIN_TYPE', value: 'WORKLOAD' };
    expect(read(podOf(body), 'initContainers', 0, 'env')).toContainEqual(signIn);
    expect(read(podOf(body), 'containers', 0, 'env')).not.toContainEqual(signIn);
  });

  test('another program than the one of its kind is what its pod runs, with the mover beside it', () => {
    const { body } = movers.job(jobSpec('true', { kind: 'backup', program: 'backup-physical', secrets }), false);
    const command = read(podOf(body), 'containers', 0, 'command') as string[];
    expect(command.slice(-2)).toEqual(['pod', 'backup-physical']);
    expect(read(podOf(body), 'initContainers', 0, 'name')).toBe('mover');
  });

  test('the job that compares the server of a drill works over the network, and mounts no volume of a server', () => {
    const spec = { kind: 'verify', program: 'verify-logical', secrets } as const;
    const pod = podOf(movers.job(jobSpec('true', spec), false).body);
    expect((read(pod, 'containers', 0, 'command') as string[]).slice(-2)).toEqual(['pod', 'verify-logical']);
    const volumes = read(pod, 'volumes') as { readonly name: string; readonly persistentVolumeClaim?: unknown }[];
    expect(volumes.filter(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined)).toEqual([]);
  });

  test('its pod knows which release it must be of', () => {
    const { body } = movers.job(jobSpec('true'), false);
    expect(read(podOf(body), 'containers', 0, 'env')).toContainEqual({ name: 'TOYGRES_RELEASE', value: '1.2.3' });
  });
});
