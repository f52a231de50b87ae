import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const LOGIN = 'login.microsoftonline.com';

/**
 * Stands in for what of Azure a job meets with workload identity: the directory that trades the token of a service account
 * for one of its own, and the front door of a storage account, which leads to an emulator. Programs come to it by
 * HTTPS_PROXY and trust it by SSL_CERT_FILE.
 */
export interface AzureStandIn {
  readonly environment: { readonly HTTPS_PROXY: string; readonly SSL_CERT_FILE: string };
  /** What the directory answers from now on; null: a token. */
  refusal: { readonly error: string; readonly description: string } | null;
  /** What the directory gives for a token of the cluster, and for how long; it means nothing outside of the stand-in. */
  token: string;
  tokenSeconds: number;
  /** Whether the identity has the data role on the account. */
  hasRole: boolean;
  /** Assertions that the directory was given. */
  readonly assertions: string[];
  stop(): Promise<void>;
}

async function makeCertificate(directory: string): Promise<{ key: Buffer; cert: Buffer; file: string }> {
  const [keyFile, file] = [path.join(directory, 'key.pem'), path.join(directory, 'cert.pem')];
  const names = `subjectAltName=DNS:${LOGIN},DNS:*.blob.core.windows.net`;
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile, '-out', file, '-days', '2'];
  await promisify(execFile)('openssl', ['req', '-x509', ...made, '-subj', '/CN=stand-in', '-addext', names]);
  return { key: await readFile(keyFile), cert: await readFile(file), file };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  return body;
}

/** `store`: where the emulator has the account, `http://host:port/account`; `sas`: leave to use it. */
export async function startAzureStandIn(store: string, sas: string): Promise<AzureStandIn> {
  const directory = await mkdtemp('/tmp/toygres-azure-');
  const { key, cert, file } = await makeCertificate(directory);
  // Scripts run as another user.
  await chmod(directory, 0o755);
  const sockets = new Set<Socket>();

  async function logIn(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = new URLSearchParams(await readBody(incoming));
    const base = `https://${LOGIN}/tenant`;
    if (incoming.url?.includes('/discovery/instance')) {
      const aliases = { preferred_network: LOGIN, preferred_cache: LOGIN, aliases: [LOGIN] };
      const found = { tenant_discovery_endpoint: `${base}/v2.0/.well-known/openid-configuration`, metadata: [aliases] };
      return answer(response, 200, found);
    }
    if (incoming.url?.includes('openid-configuration')) {
      const token_endpoint = `${base}/oauth2/v2.0/token`;
      const authorization_endpoint = `${base}/oauth2/v2.0/authorize`;
      return answer(response, 200, { token_endpoint, authorization_endpoint, issuer: `${base}/v2.0` });
    }
    standIn.assertions.push(body.get('client_assertion') ?? '');
    if (standIn.refusal === null) {
      return answer(response, 200, {
        access_token: standIn.token,
        expires_in: standIn.tokenSeconds,
        token_type: 'Bearer',
      });
    }
    const { error, description } = standIn.refusal;
    answer(response, 401, { error, error_description: description });
  }

  async function serveBlobs(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (incoming.headers.authorization !== `Bearer ${standIn.token}` || !standIn.hasRole) {
      const code = 'AuthorizationPermissionMismatch';
      const message = 'This request is not authorized to perform this operation using this permission.';
      const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
      response.writeHead(403, { 'content-type': 'application/xml', 'x-ms-error-code': code }).end(xml);
      return;
    }
    const url = incoming.url ?? '/';
    const { authorization: _, host: __, ...headers } = incoming.headers;
    const onward = request(`${store}${url}${url.includes('?') ? '&' : '?'}${sas}`, {
      method: incoming.method,
      headers,
    });
    onward.on('response', (back) => {
      response.writeHead(back.statusCode ?? 500, back.headers);
      back.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  }

  const behind = createTlsServer({ key, cert }, (incoming, response) => {
    const serve = incoming.headers.host?.startsWith(LOGIN) ? logIn : serveBlobs;
    serve(incoming, response).catch(() => response.destroy());
  });
  const proxy = createServer();
  proxy.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  proxy.on('connect', (_, socket: Socket, head: Buffer) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    behind.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;

  const standIn: AzureStandIn = {
    environment: { HTTPS_PROXY: `http://127.0.0.1:${port}`, SSL_CERT_FILE: file },
    refusal: null,
    token: 'a-token-of-the-stand-in',
    tokenSeconds: 3600,
    hasRole: true,
    assertions: [],
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      behind.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return standIn;
}
