import { pino } from 'pino';
import { openApi } from '../../src/app/api.ts';
import type { RunningPlatform } from '../../src/app/platform.ts';
import { Stops } from '../../src/app/stops.ts';
import { startWebhooks } from '../../src/app/webhooks.ts';
import { readConfig } from '../../src/config/env.ts';
import { createListener } from '../../src/db/listener.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { createDrillRecords } from '../../src/stores/drills/records.ts';
import { createImageRecords } from '../../src/stores/images/records.ts';
import { createInstanceRecords } from '../../src/stores/instances/records.ts';
import { createJobRecords } from '../../src/stores/operations/job-records.ts';
import { startBoss } from '../../src/workflow/queue/boss.ts';
import type { Answer } from './api-execution.ts';
import { PLATFORM, secrets } from './sample-rows.ts';
import { createTestDatabase } from './test-database.ts';

export const ROOT_TOKEN = 'the-configured-administrators-token';
export const ROOT_PASSWORD = 'correct horse battery staple';

/** Nothing here asks the platform or the blob store for anything. */
const notNeeded = new Proxy({} as never, {
  get: (_, name) => {
    throw new Error(`${String(name)} was asked for`);
  },
});

export interface Sent extends Answer {
  readonly status: number;
  /** The cookies that were set, by name. */
  readonly cookies: ReadonlyMap<string, { readonly value: string; readonly attributes: string }>;
}

export interface SendOptions {
  readonly token?: string | undefined;
  readonly cookie?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The whole API as it is composed, over a real database and queue, without a platform and workers. */
export async function openAccessWorld(environment: Readonly<Record<string, string>> = {}) {
  await using stops = new AsyncDisposableStack();
  const test = await createTestDatabase();
  stops.defer(() => test.stop());
  const { database, url: databaseUrl } = test;
  const lines: string[] = [];
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => lines.push(line) });
  const config = readConfig({ PORT: '0', TOYGRES_ADMIN_PASSWORD: ROOT_PASSWORD, ...environment });
  const listener = createListener({ url: databaseUrl, log });
  stops.defer(() => listener.stop());
  await listener.start();
  const boss = await startBoss({ url: databaseUrl, log });
  stops.defer(() => boss.stop({ graceful: false }));
  const platform: RunningPlatform = Object.assign(Object.create(notNeeded), {
    kind: 'local',
    id: PLATFORM,
    namespaces: ['toygres-managed'],
    givesPublicNames: false,
    hostsAsAsked: false,
    checkHosting: async () => undefined,
    tellsConnections: false,
    readFreeBytes: async () => null,
    readOffers: async () => [{ version: '17', imageTypes: ['STOCK'] }],
  });
  const services = {
    platform: notNeeded,
    store: notNeeded,
    probe: notNeeded,
    instances: createInstanceRecords(database, secrets),
    images: createImageRecords(database, secrets),
    drills: createDrillRecords(database, secrets),
    jobs: createJobRecords(database, PLATFORM),
  };
  const opened = new Stops(log);
  stops.defer(() => opened.disposeAsync());
  const webhooks = startWebhooks(config, { database, listener, secrets }, log, opened);
  const core = { database, boss, listener, secrets, platform, services, webhooks, checks: notNeeded };
  const metrics = createMetrics({ release: '0', mode: 'test' });
  stops.defer(() => metrics.stop());
  const api = await openApi(config, core, { token: ROOT_TOKEN, release: '1.2.3' }, metrics, log, opened);
  const generatedPassword = await api.ensureFirstAdministrator();
  const owned = stops.move();
  const { url } = api;

  async function send(query: string, { token, cookie, headers = {}, variables }: SendOptions = {}): Promise<Sent> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(cookie === undefined ? {} : { cookie, 'x-toygres-client': 'test' }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data = null, errors = [] } = JSON.parse(await response.text());
    const cookies = new Map(
      response.headers.getSetCookie().map((text) => {
        const [pair = '', ...attributes] = text.split('; ');
        const at = pair.indexOf('=');
        return [pair.slice(0, at), { value: pair.slice(at + 1), attributes: attributes.join('; ') }] as const;
      }),
    );
    return { status: response.status, data, errors, cookies };
  }

  const root = (query: string, variables?: Readonly<Record<string, unknown>>) =>
    send(query, { token: ROOT_TOKEN, ...(variables === undefined ? {} : { variables }) });

  return {
    url,
    database,
    /** What was logged, one JSON text a line. */
    lines,
    metrics,
    generatedPassword,
    send,
    root,
    /** Signs in; answers with the cookies of the session and of the device, for later requests. */
    async login(username: string, password: string, options: SendOptions = {}) {
      const answer = await send(LOGIN, { ...options, variables: { username, password } });
      const cookieOf = (name: string) => `${name}=${answer.cookies.get(name)?.value ?? ''}`;
      return { ...answer, session: cookieOf('toygres_session'), device: cookieOf('toygres_device') };
    },
    /** A token of the first administrator's making. */
    async createToken(role: string, scope: readonly { key: string; value: string }[] = []): Promise<string> {
      const { data, errors } = await root(
        'mutation ($role: Role!, $scope: [LabelInput!]) { createApiToken(input: { name: "t", role: $role, scope: $scope }) { token } }',
        { role, scope },
      );
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
      return data.createApiToken.token;
    },
    async createUser(
      username: string,
      password: string,
      role = 'VIEWER',
      scope: readonly object[] = [],
    ): Promise<string> {
      const { data, errors } = await root(
        `mutation ($username: String!, $password: String, $role: Role!, $scope: [LabelInput!]) {
          createUser(input: { username: $username, password: $password, role: $role, scope: $scope }) { user { id } password } }`,
        { username, password, role, scope },
      );
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
      return data.createUser.user.id;
    },
    stop: () => owned.disposeAsync(),
  };
}

export const LOGIN =
  'mutation ($username: String!, $password: String!) { login(input: { username: $username, password: $password }) { viewer { name role scope { key value } } expiresAt } }';

export type AccessWorld = Awaited<ReturnType<typeof openAccessWorld>>;
