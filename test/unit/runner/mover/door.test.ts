import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAllowed } from '../../../../src/runner/mover/door.ts';
import { readImagePlace } from '../../../../src/runner/mover/image-place.ts';
import { isFileName, parseLine, Question } from '../../../../src/runner/mover/protocol.ts';
import { findOwner } from '../../../../src/runner/mover/socket-owner.ts';

/** Halves of characters, too. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

const place = { account: 'https://a.blob.core.windows.net', container: 'images', prefix: 'id/' };
const allowed = (method: string, target: string) => isAllowed(place, method, new URL(`http://door/${target}`));

describe('the door to the store', () => {
  test.each([
    ['PUT', 'images/id/databases/5/toc.dat'],
    ['GET', 'images/id/a'],
    ['HEAD', 'images/id/a'],
    ['PUT', 'images/id/a?comp=block&blockid=QQ%3D%3D'],
    ['GET', 'images?restype=container&comp=list&prefix=id%2F'],
    ['GET', 'images?restype=container'],
  ])('lets %s %s pass', (method, target) => {
    expect(allowed(method, target)).toBe(true);
  });

  test.each([
    ['DELETE', 'images/id/a'],
    ['POST', 'images/id/a'],
    ['PUT', 'images/other/a'],
    ['GET', 'images/idx/a'],
    ['GET', 'images/id/%2e%2e/other/a'],
    ['GET', 'images/id/..%2fother/a'],
    ['GET', 'images?restype=container&comp=list&prefix='],
    ['GET', 'images?restype=container&comp=list&prefix=other%2F'],
    ['GET', 'images?restype=container&comp=list'],
    ['GET', 'images?restype=container&comp=acl'],
    ['PUT', 'images?restype=container'],
    ['GET', '?comp=list'],
    ['GET', 'images/id/%ff'],
  ])('keeps %s %s out', (method, target) => {
    expect(allowed(method, target)).toBe(false);
  });
});

describe('where an image lies', () => {
  test.each([
    ['https://a.blob.core.windows.net/images/id', place],
    [
      'http://127.0.0.1:10000/devstoreaccount1/images/_trials/x',
      { account: 'http://127.0.0.1:10000/devstoreaccount1', container: 'images', prefix: '_trials/x/' },
    ],
    // A store of the account's own name, with a port.
    [
      'http://toygresblobs.system.svc.cluster.local:10000/images/id',
      { account: 'http://toygresblobs.system.svc.cluster.local:10000', container: 'images', prefix: 'id/' },
    ],
    [
      'http://azurite:10000/account/images/id',
      { account: 'http://azurite:10000/account', container: 'images', prefix: 'id/' },
    ],
    [
      'https://a.private.example:8443/images/_trials/x',
      { account: 'https://a.private.example:8443', container: 'images', prefix: '_trials/x/' },
    ],
  ])('%s', (url, found) => {
    expect(readImagePlace(url)).toEqual(found);
  });

  test.each([
    '',
    'file:///etc/passwd',
    'https://x/y?sig=1',
    'https://a.blob.core.windows.net/images',
    'https://user:pw@a.blob.core.windows.net/images/id',
    'https://a.blob.core.windows.net/images/id/',
    'https://a.blob.core.windows.net/_trials/id',
    'https://a.blob.core.windows.net//images/id',
  ])('%s is no place', (url) => {
    expect(readImagePlace(url)).toBeNull();
  });
});

describe('what a worker may ask for', () => {
  test('no name leaves the image, whatever it is made of', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', 'manifest.json', '%2e%2e', 'a b'), fc.string());
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const name = parts.join('/');
        if (!isFileName(name)) return;
        const url = new URL(`https://store/images/id/${name}`);
        expect(url.pathname).toBe(`/images/id/${name}`);
        expect([url.search, url.hash]).toEqual(['', '']);
        expect(name).not.toBe('manifest.json');
      }),
      { numRuns: 2_000 },
    );
  });

  test('garbage is no question, and costs no error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyUnit }), fc.json()), (text) => {
        expect(parseLine(Question, text)).toBeNull();
      }),
    );
  });

  test.each([
    { ask: 'upload', file: '../grant/sas', name: 'a' },
    { ask: 'upload', file: '/etc/shadow', name: 'a' },
    { ask: 'upload', file: 'abc', name: '../b' },
    { ask: 'receive', name: '../other/a' },
    { ask: 'release', name: '..' },
    { ask: 'delete', name: 'a' },
    { ask: 'settle', id: 'one' },
  ])('%j is refused', (question) => {
    expect(parseLine(Question, JSON.stringify({ id: 1, ...question }))).toBeNull();
  });
});

describe('the owner of a connection', () => {
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  const row = (local: string, remote: string, state: string, uid: number) =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${uid} 0 1`;

  test('is who has that very end of it, on 127.0.0.1', () => {
    const table = [
      head,
      row('0200007F:1388', '0100007F:2710', '01', 7),
      row('0100007F:1388', '0100007F:2711', '01', 8),
      row('0100007F:2710', '0100007F:1388', '01', 9),
      row('0100007F:1388', '0100007F:2710', '01', 42),
    ].join('\n');
    expect(findOwner(table, 0x1388, 0x2710)).toBe(42);
    expect(findOwner(table, 0x1389, 0x2710)).toBeNull();
  });

  test('is nobody where the connection is not established, or the table says nothing', () => {
    expect(findOwner([head, row('0100007F:1388', '0100007F:2710', '06', 42)].join('\n'), 0x1388, 0x2710)).toBeNull();
    expect(findOwner('', 1, 2)).toBeNull();
  });
});
