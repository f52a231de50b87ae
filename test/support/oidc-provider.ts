import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Who signs in at the provider. */
export interface OidcPerson {
  readonly sub: string;
  readonly preferred_username: string;
  readonly groups: readonly string[];
}

/** What the provider knows the server by. */
export const OIDC_CLIENT = { id: 'toygres', secret: 'a-secret-of-the-tests' } as const;

/** A real provider of OIDC, where whoever comes is signed in at once as the person of that moment. */
export async function startOidcProvider(
  callback: string,
  person: () => OidcPerson,
): Promise<{ readonly issuer: string; stop(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const oidc = new Provider(issuer, {
    clients: [{ client_id: OIDC_CLIENT.id, client_secret: OIDC_CLIENT.secret, redirect_uris: [callback] }],
    claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['key-of-the-tests'] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ ...person(), groups: [...person().groups], sub }),
    }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  });
  const answer = oidc.callback();
  server.on('request', async (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return answer(request, response);
    const { prompt, params, session } = await oidc.interactionDetails(request, response);
    if (prompt.name === 'login') {
      return oidc.interactionFinished(request, response, { login: { accountId: person().sub } });
    }
    const grant = new oidc.Grant({ accountId: session?.accountId ?? '', clientId: String(params.client_id) });
    grant.addOIDCScope('openid profile email groups');
    return oidc.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  });
  return {
    issuer,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
