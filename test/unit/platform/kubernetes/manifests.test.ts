import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOVER_SECRETS } from '../../../../jobs/ports/mover-secrets.ts';
import type { ManifestFields } from '../../../../src/platform/kubernetes/fill-template.ts';
import { createJobManifests } from '../../../../src/platform/kubernetes/jobs/build-job.ts';
import { createServerManifests } from '../../../../src/platform/kubernetes/servers/build-server.ts';
import { parametersOf, templateOf } from '../../../../src/platform/kubernetes/servers/server-notes.ts';
import { imageFor } from '../../../../src/platform/kubernetes/settings.ts';
import { kubernetesSettings, readProductTemplates } from '../../../support/kubernetes-templates.ts';
import { jobSpec, serverSpec } from '../../../support/platform-specs.ts';

/** Tests of the platforms run scripts; the programs of jobs are the runner's. */
const SCRIPTS = new Map(
  ['scripts/backup.sh', 'scripts/restore.sh', 'scripts/preflight.sh', 'scripts/lib/control.sh'].map((name) => [
    name,
    `echo ${name}\n`,
  ]),
);
const templates = { ...(await readProductTemplates()), scripts: SCRIPTS };
const settings = kubernetesSettings();
const servers = createServerManifests(templates, settings);
const jobs = createJobManifests(templates, settings);

/** The shape of a value: every path to a leaf, without what stands there. */
function shapeOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, `${path}/${key}`));
}

function read(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

/** When the servers were asked to run. */
const MADE = new Date('2026-01-01T00:00:00Z');
const digestOf = (spec: ReturnType<typeof serverSpec>) =>
  templateOf({ metadata: { name: 'x', ...(servers.server(spec, MADE).body.metadata as object) } });
const podOf = (body: ManifestFields) => read(body, 'spec', 'template', 'spec');

describe('the manifests of a server', () => {
  const spec = serverSpec();

  test('have the shape of the template whatever names and passwords hold', () => {
    const plain = { ...spec, resourceName: 'plain', dnsLabel: 'label', exposure: 'PUBLIC' as const };
    const build = (name: string, password: string, label: string) => {
      const hostile = { ...plain, resourceName: name, instanceId: label, dnsLabel: label };
      const made = [servers.volume, servers.configuration, servers.service, servers.networkPolicy];
      return [
        ...made.map((make) => make(hostile)),
        servers.server(hostile, MADE),
        servers.secret(hostile, { username: name, password }),
      ];
    };
    const shape = shapeOf(build('a', 'b', 'c').map(({ body }) => body));
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, (name, password, label) => {
        const made = build(name, password, label);
        expect(shapeOf(made.map(({ body }) => body))).toEqual(shape);
        expect(read(made.at(-1)?.body, 'stringData')).toEqual({ username: name, password });
      }),
    );
    // A hundred servers are parsed from YAML anew, and the machine may be busy.
  }, 60_000);

  test('keep the password in the Secret alone', () => {
    const password = 'a-password-to-look-for';
    const all = [servers.volume, servers.configuration, servers.service, servers.networkPolicy];
    expect(JSON.stringify([...all.map((make) => make(spec)), servers.server(spec, MADE)])).not.toContain(password);
    expect(JSON.stringify(servers.secret(spec, { username: 'postgres', password }))).toContain(password);
  });

  test('an INTERNAL one has a service of the cluster, a PUBLIC one a load balancer with its DNS label', () => {
    expect(servers.service(spec).body).toMatchObject({ spec: { type: 'ClusterIP' } });
    const open = createServerManifests(templates, { ...settings, publicSourceRanges: ['203.0.113.0/24'] });
    const service = open.service({ ...spec, exposure: 'PUBLIC', dnsLabel: 'shop' });
    expect(service.body).toMatchObject({
      metadata: { annotations: { 'service.beta.kubernetes.io/azure-dns-label-name': 'shop' } },
      spec: { type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/24'], externalTrafficPolicy: 'Local' },
    });
    const sourcesOf = (made: typeof servers, of: typeof spec) =>
      JSON.stringify(read(made.networkPolicy(of).body, 'spec', 'ingress'));
    const isPublic = { ...spec, exposure: 'PUBLIC' as const };
    expect(sourcesOf(open, isPublic)).toContain('203.0.113.0/24');
    expect(sourcesOf(open, isPublic)).not.toContain('0.0.0.0/0');
    expect(sourcesOf(open, spec)).not.toContain('203.0.113.0/24');
    expect(sourcesOf(servers, isPublic)).toContain('0.0.0.0/0');
  });

  test('a server reaches nobody by itself but name servers and what is allowed, and metadata addresses never', () => {
    const egressOf = (ranges: string[]) =>
      read(
        createServerManifests(templates, { ...settings, serverEgressRanges: ranges }).networkPolicy(spec).body,
        'spec',
      );
    expect(egressOf([])).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
      ],
    });
    expect(read(egressOf([]), 'egress')).toHaveLength(1);
    expect(read(egressOf(['0.0.0.0/0', '10.1.0.0/16', '169.254.169.254/32']), 'egress', 1)).toEqual({
      to: [
        { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32', '168.63.129.16/32'] } },
        { ipBlock: { cidr: '10.1.0.0/16' } },
      ],
    });
  });

  test('the pod carries nothing that changes from operation to operation, for that would restart it', () => {
    const one = servers.server(spec, new Date(0)).body;
    const other = servers.server({ ...spec, operationId: 'another' }, new Date(0)).body;
    expect(read(one, 'spec')).toEqual(read(other, 'spec'));
    expect(one).not.toEqual(other);
  });

  test('parameters are a line each of one variable, in which Kubernetes finds nothing to put in', () => {
    const parameters = { work_mem: '9MB', 'custom.words': `$(PGDATA) $$ "it's" \\` };
    const { body } = servers.server({ ...spec, parameters }, MADE);
    const environment = read(podOf(body), 'containers', 0, 'env') as { name: string; value: string }[];
    const written = environment.find(({ name }) => name === 'TOYGRES_PARAMETERS')?.value;
    expect(written).toBe(`custom.words=$$(PGDATA) $$$$ "it's" \\\nwork_mem=9MB\n`);
    expect(parametersOf({ metadata: { name: 'x', ...(read(body, 'metadata') as object) } })).toEqual(parameters);
    expect(digestOf({ ...spec, parameters })).not.toBe(digestOf(spec));
  });

  test('a certified one has its certificate and key in a Secret of its own, and does not start without', () => {
    const certified = createServerManifests(templates, settings, true);
    const pod = podOf(certified.server({ ...spec, exposure: 'PUBLIC' }, MADE).body);
    const tls = (from: unknown) =>
      (read(from, 'volumes') as { name: string; secret?: object }[]).find(({ name }) => name === 'tls')?.secret;
    expect(tls(pod)).toEqual({ secretName: `${spec.resourceName}-tls`, defaultMode: 0o440, optional: false });
    expect(tls(podOf(servers.server(spec, MADE).body))).toMatchObject({ optional: true });
    expect(read(pod, 'containers', 0, 'env')).toContainEqual({ name: 'TOYGRES_TLS', value: 'only' });
    const issued = certified.certificate(spec, { a: 'label' }, { certificate: 'the certificate', key: 'the key' });
    expect(issued.body).toMatchObject({
      type: 'kubernetes.io/tls',
      metadata: { name: `${spec.resourceName}-tls`, labels: { a: 'label' } },
      data: { 'tls.crt': btoa('the certificate'), 'tls.key': btoa('the key') },
    });
    // Servers that older releases started are told by this.
    expect(certified.serverDigest).not.toBe(servers.serverDigest);
  });

  test('PG_DURABLE without an image is refused with the variable to set', () => {
    const message = expect.stringContaining('TOYGRES_DURABLE_IMAGE');
    expect(() => servers.server({ ...spec, imageType: 'PG_DURABLE', postgresVersion: '17' }, new Date(0))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message }),
    );
  });
});

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
