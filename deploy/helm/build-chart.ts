import { parse, parseAllDocuments } from 'yaml';
import { printTemplate, type Template, type TemplateValue } from './print-template.ts';

type Read = (name: string) => Promise<string>;

const SYSTEM = 'toygres-system';
const MANAGED = 'toygres-managed';
const RELEASE = '<<= $.Release.Namespace | quote>>';
const PART_OF = 'app.kubernetes.io/part-of';

function isFields(value: unknown): value is Template {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One manifest over another, as kustomize merges pods: containers are the same by their names. */
function merge(under: TemplateValue | undefined, over: TemplateValue): TemplateValue {
  if (Array.isArray(under) && Array.isArray(over)) {
    const nameOf = (value: TemplateValue) => (isFields(value) ? value.name : undefined);
    const others = over.filter((one) => !under.some((other) => nameOf(other) === nameOf(one)));
    const merged = under.map((one) => {
      const same = over.find((other) => nameOf(one) !== undefined && nameOf(other) === nameOf(one));
      return same === undefined ? one : merge(one, same);
    });
    return [...others, ...merged];
  }
  if (!isFields(under) || !isFields(over)) return over;
  const fields = Object.keys(over).map((name) => [name, merge(under[name], over[name] ?? null)]);
  return { ...under, ...Object.fromEntries(fields) };
}

/** Every text, wherever it stands. */
function mapTexts(value: TemplateValue, change: (text: string) => string): TemplateValue {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, mapTexts(field, change)]));
}

/** In the namespace of the release, and in those of servers, over which the template goes one by one. */
function place(manifest: Template): Template {
  const placed = mapTexts(manifest, (text) => {
    if (text === SYSTEM) return RELEASE;
    return text === MANAGED ? '<<= .name | quote>>' : text;
  }) as Template;
  return merge(placed, { metadata: { labels: { [PART_OF]: 'toygres' } } }) as Template;
}

/** What an operator may say of a Deployment. */
function open(deployment: Template, component: 'api' | 'worker'): Template {
  const values = `.Values.${component}`;
  return merge(deployment, {
    spec: {
      replicas: `<<= ${values}.replicas>>`,
      template: {
        metadata: {
          labels: { '<<with .Values.podLabels>>': null },
          annotations: {
            'checksum/settings': '<<= include (print $.Template.BasePath "/settings.yaml") . | sha256sum>>',
            '<<with .Values.podAnnotations>>': null,
          },
        },
        spec: {
          imagePullSecrets: '<<with .Values.imagePullSecrets>>',
          nodeSelector: '<<with .Values.nodeSelector>>',
          tolerations: '<<with .Values.tolerations>>',
          priorityClassName: '<<with .Values.priorityClassName>>',
          containers: [
            {
              name: 'toygres',
              image: '<<= include "toygres.image" . | quote>>',
              imagePullPolicy: '<<= include "toygres.pullPolicy" .>>',
              resources: `<<yaml ${values}.resources>>`,
            },
          ],
        },
      },
    },
  }) as Template;
}

/** The Secret is the operator's to name, wherever a field refers to it. */
function nameSecret(manifest: Template, reference: 'secretKeyRef' | 'credentials'): Template {
  const change = (value: TemplateValue): TemplateValue => {
    if (Array.isArray(value)) return value.map(change);
    if (!isFields(value)) return value;
    const fields = Object.entries(value).map(([name, field]): [string, TemplateValue] =>
      name === reference && isFields(field)
        ? [name, { ...field, name: '<<= .Values.secretName | quote>>' }]
        : [name, change(field)],
    );
    return Object.fromEntries(fields);
  };
  return change(manifest) as Template;
}

const when = (name: string, text: string) => `{{- if .Values.${name}.enabled }}\n${text}{{- end }}\n`;
const overNamespaces = (text: string) => `{{- range .Values.managedNamespaces }}\n${text}{{- end }}\n`;

/** The files of the chart that are made of the manifests of `deploy`, which `read` reads by their paths, by their own. */
export async function buildChart(read: Read): Promise<ReadonlyMap<string, string>> {
  const manifests = async (name: string) =>
    parseAllDocuments(await read(name)).map((document) => place(document.toJS() as Template));
  const print = async (...names: string[]) => {
    const all = await Promise.all(names.map(manifests));
    return all.flat().map(printTemplate).join('');
  };
  const pod = parse(await read('base/server-pod.yaml')) as Template;
  const { metadata: _, ...common } = pod;
  const workload = async (component: 'api' | 'worker') => {
    const all = await manifests(`base/${component}.yaml`);
    const opened = all.map((manifest) =>
      manifest.kind === 'Deployment'
        ? nameSecret(open(merge(manifest, place(common)) as Template, component), 'secretKeyRef')
        : manifest,
    );
    return opened.map(printTemplate).join('');
  };

  const account = (await manifests('base/service-account.yaml')).map((manifest) =>
    merge(manifest, { metadata: { annotations: '<<with .Values.serviceAccount.annotations>>' } }),
  ) as Template[];
  const door = (await manifests('components/front-door/service.yaml')).map((manifest) =>
    merge(manifest, { metadata: { annotations: '<<with .Values.frontDoor.annotations>>' } }),
  ) as Template[];
  const route = (await manifests('components/gateway/http-route.yaml')).map((manifest) => ({
    ...manifest,
    spec: {
      ...(manifest.spec as Template),
      parentRefs: '<<yaml .Values.gateway.parentRefs>>',
      hostnames: '<<with .Values.gateway.hostnames>>',
    },
  }));
  // What is in it is not the release's to remove: servers with their volumes.
  const namespace = (await manifests('managed/namespace.yaml')).map((manifest) =>
    merge(manifest, { metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } }),
  ) as Template[];
  const classes = (await manifests('components/classes/cluster-role.yaml')).map((manifest) =>
    // What belongs to the whole cluster is called by the release that it is of.
    mapTexts(manifest, (text) => (text === 'toygres-classes' ? 'toygres-classes-<<= $.Release.Namespace>>' : text)),
  ) as Template[];
  const monitors = (await manifests('components/monitoring/pod-monitor.yaml')).map((manifest) =>
    nameSecret(manifest, 'credentials'),
  );
  const rules = await manifests('components/monitoring/rules.yaml');
  // By labels a Prometheus of an operator chooses what it reads.
  const monitoring = [...monitors, ...rules].map((manifest) =>
    merge(manifest, { metadata: { labels: { '<<with .Values.monitoring.labels>>': null } } }),
  ) as Template[];
  const schema = JSON.parse(await read('helm/toygres/values.schema.json'));
  const settings = JSON.parse(await read('settings.schema.json')).properties.data.properties;
  const { TOYGRES_NAMESPACE: __, TOYGRES_NAMESPACES: ___, ...chosen } = settings;
  schema.properties.settings.properties = chosen;

  const texts: Readonly<Record<string, string>> = {
    api: await workload('api'),
    worker: await workload('worker'),
    'service-account': account.map(printTemplate).join(''),
    'network-policies': when('networkPolicies', await print('base/network-policies.yaml')),
    managed: overNamespaces(
      `{{- if .create }}\n${namespace.map(printTemplate).join('')}{{- end }}\n` +
        (await print('managed/role.yaml', 'managed/role-binding.yaml', 'managed/network-policy.yaml')),
    ),
    limits: when(
      'limits',
      overNamespaces(await print('components/limits/quota.yaml', 'components/limits/limit-range.yaml')),
    ),
    classes: when('classes', classes.map(printTemplate).join('')),
    'front-door': when('frontDoor', door.map(printTemplate).join('')),
    gateway: when('gateway', route.map(printTemplate).join('')),
    monitoring: when('monitoring', [...monitoring, DASHBOARD].map(printTemplate).join('')),
  };
  const templates = Object.entries(texts).map(([name, text]): [string, string] => [
    `templates/${name}.yaml`,
    `# Made of the manifests of deploy by \`npm run generate:chart\`: change those.\n${text}`,
  ]);
  return new Map([
    ...templates,
    ['values.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ['files/dashboard.json', await read('components/monitoring/dashboard.json')],
  ]);
}

const DASHBOARD: Template = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'toygres-dashboard',
    namespace: RELEASE,
    labels: { grafana_dashboard: '1', [PART_OF]: 'toygres' },
  },
  data: { 'dashboard.json': '<<file files/dashboard.json>>' },
};
