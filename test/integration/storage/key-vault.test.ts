import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isWrapped, unwrapKeys, wrapKey } from '../../../src/storage/key-vault.ts';

const VERSION = '0123456789abcdef0123456789abcdef';
const TOKEN = 'a-token-of-the-test';
const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };

/** Wraps and unwraps as a vault does, for whoever has the token. */
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const asked: string[] = [];
let server: Server;
let keyUrl: string;
beforeAll(async () => {
  server = createServer(async (request, response): Promise<unknown> => {
    asked.push(`${request.method} ${request.url}`);
    const { alg, value } = JSON.parse(await text(request)) as { alg: string; value: string };
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(403, { error: { code: 'Forbidden' } });
    if (alg !== 'RSA-OAEP-256') return answer(400, {});
    const bytes = Buffer.from(value, 'base64url');
    const isWrapping = request.url?.includes('/wrapkey?');
    const result = isWrapping
      ? publicEncrypt({ key: pair.publicKey, ...padding }, bytes)
      : privateDecrypt({ key: pair.privateKey, ...padding }, bytes);
    return answer(200, { kid: 'x', value: result.toString('base64url') });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  keyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys/toygres/${VERSION}`;
});
afterAll(() => server.close());

const login = (token = TOKEN) => ({
  credential: { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 60_000 }) },
  allowHttp: true,
});

test('a key that the vault wrapped comes back, beside others that stand as they are', async () => {
  const [one, other] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  const wrapped = await wrapKey(keyUrl, one, login());
  expect(wrapped).not.toContain(one);
  expect(await unwrapKeys(`${wrapped},${other}`, login())).toBe(`${one},${other}`);
  expect(asked.at(-1)).toBe(`POST /keys/toygres/${VERSION}/unwrapkey?api-version=7.4`);
  expect(await unwrapKeys(other)).toBe(other);
});

test('whoever may not is told what to do, and nothing of a key', async () => {
  const key = randomBytes(32).toString('base64');
  const wrapped = await wrapKey(keyUrl, key, login());
  const error: unknown = await unwrapKeys(wrapped, login('another')).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringMatching(/status 403.*Key Vault Crypto User/),
  });
  expect(String(error)).not.toContain(wrapped.split('#')[1]);
  await expect(unwrapKeys(wrapped.replace(/:\d+\//, ':1/'), login())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(wrapKey('https://x.vault.azure.net/keys/toygres', key)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(isWrapped(`https://x.vault.azure.net/keys/toygres/${VERSION}#${'A'.repeat(342)}`)).toBe(true);
  expect(isWrapped(key)).toBe(false);
});
