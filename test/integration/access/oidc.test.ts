import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessWorld, openAccessWorld } from '../../support/access-world.ts';
import { freePort } from '../../support/free-port.ts';

let provider: Server;
let world: AccessWorld;
let origin = '';
let issuer = '';
/** Who signs in at the provider next. */
let person = { sub: 'ann-1', preferred_username: 'ann', groups: ['dba', 'everybody'] };

/** A real provider, where whoever comes is signed in as `person` at once. */
async function startProvider(callback: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const oidc = new Provider(issuer, {
    clients: [{ client_id: 'toygres', client_secret: 'a-secret-of-the-tests', redirect_uris: [callback] }],
    claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['key-of-the-tests'] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...person, sub }) }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  });
  const answer = oidc.callback();
  server.on('request', async (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return answer(request, response);
    const { prompt, params, session } = await oidc.interactionDetails(request, response);
    if (prompt.name === 'login') {
      return oidc.interactionFinished(request, response, { login: { accountId: person.sub } });
    }
    const grant = new oidc.Grant({ accountId: session?.accountId ?? '', clientId: String(params.client_id) });
    grant.addOIDCScope('openid profile email groups');
    return oidc.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  });
  return server;
}

beforeAll(async () => {
  origin = `http://127.0.0.1:${await freePort()}`;
  provider = await startProvider(`${origin}/auth/oidc/callback`);
  world = await openAccessWorld({
    PORT: new URL(origin).port,
    TOYGRES_PUBLIC_URL: origin,
    TOYGRES_OIDC_ISSUER: issuer,
    TOYGRES_OIDC_CLIENT_ID: 'toygres',
    TOYGRES_OIDC_CLIENT_SECRET: 'a-secret-of-the-tests',
    TOYGRES_OIDC_ROLES: 'admins=ADMIN,dba=OPERATOR,everybody=VIEWER',
  });
});
afterAll(async () => {
  await world?.stop();
  provider?.closeAllConnections();
  await new Promise((resolve) => provider?.close(resolve));
});

/** A browser as far as it matters here: it keeps cookies by origin and follows redirects. */
function createBrowser() {
  const jars = new Map<string, Map<string, string>>();
  async function get(url: string): Promise<Response> {
    const jar = jars.get(new URL(url).host) ?? new Map<string, string>();
    jars.set(new URL(url).host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const text of response.headers.getSetCookie()) {
      const [pair = ''] = text.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  }
  return {
    get,
    cookie: (name: string) => jars.get(new URL(origin).host)?.get(name) ?? '',
    /** Goes where it is sent until it is back at the callback of the server, and answers with that place unvisited. */
    async signInElsewhere(): Promise<string> {
      let place = `${origin}/auth/oidc`;
      for (let hops = 0; hops < 12; hops++) {
        const response = await get(place);
        const next = response.headers.get('location');
        if (next === null) throw new Error(`stopped at ${place} with ${response.status}: ${await response.text()}`);
        place = new URL(next, place).href;
        if (place.startsWith(`${origin}/auth/oidc/callback`)) return place;
      }
      throw new Error('was sent around for ever');
    },
  };
}

const WHO = '{ viewer { name role } }';

describe('signing in with a provider', () => {
  it('opens a session of the user that it vouches for, with the highest role of its groups', async () => {
    const browser = createBrowser();
    const back = await browser.get(await browser.signInElsewhere());
    expect([back.status, back.headers.get('location')]).toEqual([303, '/']);
    const cookie = `toygres_session=${browser.cookie('toygres_session')}`;
    expect((await world.send(WHO, { cookie })).data.viewer).toEqual({ name: 'ann', role: 'OPERATOR' });
  });

  it('finds the same user again, with the role that its groups give now', async () => {
    person = { ...person, preferred_username: 'ann.married', groups: ['admins'] };
    const browser = createBrowser();
    await browser.get(await browser.signInElsewhere());
    const cookie = `toygres_session=${browser.cookie('toygres_session')}`;
    expect((await world.send(WHO, { cookie })).data.viewer).toEqual({ name: 'ann', role: 'ADMIN' });
  });

  it('refuses who is in no group with a role, and writes it down', async () => {
    person = { sub: 'eve-1', preferred_username: 'eve', groups: ['others'] };
    const browser = createBrowser();
    expect((await browser.get(await browser.signInElsewhere())).status).toBe(403);
    expect(browser.cookie('toygres_session')).toBe('');
    const { data } = await world.root(
      '{ auditLog(filter: { action: ["login"], outcome: [REFUSED] }) { nodes { code detail } } }',
    );
    expect(data.auditLog.nodes[0]).toEqual({ code: 'FORBIDDEN', detail: 'by OIDC' });
  });

  it('never takes over a user who signs in with a password', async () => {
    person = { sub: 'eve-2', preferred_username: 'Admin', groups: ['everybody'] };
    const browser = createBrowser();
    expect((await browser.get(await browser.signInElsewhere())).status).toBe(409);
  });

  it('takes a code in the browser alone that asked for it, and once', async () => {
    person = { sub: 'ann-1', preferred_username: 'ann', groups: ['dba'] };
    const victim = createBrowser();
    const place = await victim.signInElsewhere();
    expect((await createBrowser().get(place)).status).toBe(401);
    const other = createBrowser();
    await other.signInElsewhere();
    expect((await other.get(place)).status).toBe(401);
    expect((await victim.get(place)).status).toBe(303);
    expect((await victim.get(place)).status).toBe(401);
  });

  it('refuses a disabled user', async () => {
    const { data } = await world.root('{ users(first: 100) { nodes { id username } } }');
    const { id } = data.users.nodes.find(({ username }: { username: string }) => username === 'ann');
    await world.root(`mutation { updateUser(input: { userId: "${id}", enabled: false }) { user { id } } }`);
    const browser = createBrowser();
    expect((await browser.get(await browser.signInElsewhere())).status).toBe(401);
  });
});
