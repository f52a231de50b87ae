import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessWorld, openAccessWorld } from '../../support/access-world.ts';
import { freePort } from '../../support/free-port.ts';
import { OIDC_CLIENT, startOidcProvider } from '../../support/oidc-provider.ts';

let provider: Awaited<ReturnType<typeof startOidcProvider>>;
let world: AccessWorld;
let origin = '';
let issuer = '';
/** Who signs in at the provider next. */
let person = { sub: 'ann-1', preferred_username: 'ann', groups: ['dba', 'everybody'] };

beforeAll(async () => {
  origin = `http://127.0.0.1:${await freePort()}`;
  provider = await startOidcProvider(`${origin}/auth/oidc/callback`, () => person);
  issuer = provider.issuer;
  world = await openAccessWorld({
    PORT: new URL(origin).port,
    TOYGRES_PUBLIC_URL: origin,
    TOYGRES_OIDC_ISSUER: issuer,
    TOYGRES_OIDC_CLIENT_ID: OIDC_CLIENT.id,
    TOYGRES_OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
    TOYGRES_OIDC_ROLES: 'admins=ADMIN,dba=OPERATOR,everybody=VIEWER',
    TOYGRES_OIDC_SESSION_HOURS: '5',
  });
});
afterAll(async () => {
  await world?.stop();
  await provider?.stop();
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

  it('ends the session after the time that is set, however it is used', async () => {
    const { rows } = await world.database.pool.query(
      'SELECT extract(epoch FROM expires_at - created_at)::float8 AS seconds FROM cms.sessions',
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { seconds } of rows) expect(Math.round(seconds)).toBe(5 * 3600);
  });

  it('ends all that is open of who comes back in no group with a role', async () => {
    person = { sub: 'leaver-1', preferred_username: 'leaver', groups: ['dba'] };
    const browser = createBrowser();
    await browser.get(await browser.signInElsewhere());
    const cookie = `toygres_session=${browser.cookie('toygres_session')}`;
    const made = await world.send('mutation { createApiToken(input: { name: "of-leaver", role: VIEWER }) { token } }', {
      cookie,
    });
    const { token } = made.data.createApiToken;
    expect((await world.send(WHO, { token })).status).toBe(200);
    person = { ...person, groups: ['others'] };
    const other = createBrowser();
    expect((await other.get(await other.signInElsewhere())).status).toBe(403);
    expect((await world.send(WHO, { cookie })).status).toBe(401);
    expect((await world.send(WHO, { token })).status).toBe(401);
    // Let in again, it begins with nothing.
    person = { ...person, groups: ['everybody'] };
    const again = createBrowser();
    expect((await again.get(await again.signInElsewhere())).status).toBe(303);
    expect((await world.send(WHO, { token })).status).toBe(401);
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

  it('lets no stranger write as much as it likes into the audit log, and keeps nobody out for that', async () => {
    const count = async () => {
      const { data } = await world.root(
        '{ auditLog(filter: { action: ["login"], outcome: [REFUSED] }) { totalCount } }',
      );
      return data.auditLog.totalCount as number;
    };
    const before = await count();
    const begin = async () => (await fetch(`${origin}/auth/oidc/callback?code=x&state=${Math.random()}`)).status;
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(Array.from({ length: 20 }, begin));
      expect(new Set(answers)).toEqual(new Set([401]));
    }
    expect((await count()) - before).toBeLessThanOrEqual(50);
    person = { sub: 'late-1', preferred_username: 'late', groups: ['everybody'] };
    const browser = createBrowser();
    expect((await browser.get(await browser.signInElsewhere())).status).toBe(303);
  });
});
