import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hosting } from '../../../../schema/rules/hosting-rules.ts';
import { createServerManifests } from '../../../../src/platform/kubernetes/servers/build-server.ts';
import { startedWith } from '../../../../src/platform/kubernetes/servers/server-notes.ts';
import { serverSpec } from '../../../support/platform-specs.ts';
import { digestOf, MADE, podOf, read, servers, settings, shapeOf, templates } from './read-manifests.ts';

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
        expect(read(made.at(-1)?.body, 'stringData')).toEqual({ username: name, password, 'asked-login': '' });
      }),
    );
    // A hundred servers are parsed from YAML anew, and the machine may be busy.
  }, 60_000);

  test('a server has its image by the digest, pulled from a registry that is named and from no other', () => {
    const image = `registry.example.com/postgres@sha256:${'0a'.repeat(32)}`;
    const imageOf = (postgres: string) => {
      const made = createServerManifests(templates, { ...settings, images: { ...settings.images, postgres } });
      const container = read(podOf(made.server(spec, MADE).body), 'containers', 0);
      return [read(container, 'image'), read(container, 'imagePullPolicy')];
    };
    expect(imageOf(`${spec.postgresVersion}=${image}`)).toEqual([image, 'IfNotPresent']);
    expect(imageOf('postgres:{version}')).toEqual([`postgres:${spec.postgresVersion}`, 'Never']);
  });

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
          // A network that takes no pod for an address finds name servers by this.
          to: expect.arrayContaining([{ namespaceSelector: {} }]),
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
    const started = startedWith({ metadata: { name: 'x', ...(read(body, 'metadata') as object) } });
    expect(started).toEqual({ parameters, hosting: {} });
    expect(digestOf({ ...spec, parameters })).not.toBe(digestOf(spec));
  });

  test('one has the resources that it asks for, and of what it leaves out what goes with them', () => {
    const given = (resources: Hosting['resources'] = {}) =>
      read(podOf(servers.server({ ...spec, hosting: { resources } }, MADE).body), 'containers', 0, 'resources');
    const usual = { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '2', memory: '1Gi' } };
    expect(given()).toEqual(usual);
    expect(given({ memoryLimitMib: 8192 })).toEqual({ ...usual, limits: { cpu: '2', memory: '8192Mi' } });
    expect(given({ memoryLimitMib: 200 })).toMatchObject({
      requests: { memory: '200Mi' },
      limits: { memory: '200Mi' },
    });
    expect(given({ memoryRequestMib: 4096, cpuRequestMillicores: 500 })).toEqual({
      requests: { cpu: '500m', memory: '4096Mi' },
      limits: { cpu: '2', memory: '4096Mi' },
    });
    const { body } = servers.server({ ...spec, hosting: { resources: { memoryLimitMib: 8192 } } }, MADE);
    expect(JSON.stringify(read(podOf(body), 'volumes'))).toContain('"sizeLimit":"8192Mi"');
    const started = startedWith({ metadata: { name: 'x', ...(read(body, 'metadata') as object) } });
    expect(started.hosting).toEqual({ resources: { memoryLimitMib: 8192 } });
  });

  test('a volume is of the class that its instance asks for, else of the installation’s', () => {
    const made = createServerManifests(templates, { ...settings, storageClass: 'usual' });
    expect(read(made.volume(spec).body, 'spec', 'storageClassName')).toBe('usual');
    expect(read(made.volume({ ...spec, storageClass: 'fast' }).body, 'spec', 'storageClassName')).toBe('fast');
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
