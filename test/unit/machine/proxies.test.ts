import { describe, expect, it } from 'vitest';
import { findProxyFaults, listProxySecrets, nameProxy, readProxies } from '../../../src/machine/proxies.ts';

const PROXY = 'http://proxy.example.com:3128';
const find = (environment: Record<string, string>, url: string) => readProxies(environment).find(url)?.host ?? null;

describe('the proxy of a URL', () => {
  it.each<[string, Record<string, string>, string | null]>([
    ['https://store/', { HTTPS_PROXY: PROXY }, 'proxy.example.com:3128'],
    ['http://store/', { HTTPS_PROXY: PROXY }, null],
    ['http://store/', { http_proxy: PROXY }, 'proxy.example.com:3128'],
    ['https://store/', { ALL_PROXY: PROXY }, 'proxy.example.com:3128'],
    ['https://store/', { ALL_PROXY: PROXY, https_proxy: 'http://second:1' }, 'second:1'],
    ['https://store/', { HTTPS_PROXY: 'second:3128' }, 'second:3128'],
    ['https://store/', {}, null],
    ['https://store/', { HTTPS_PROXY: 'ftp://no' }, null],
  ])('%s with %j is %s', (url, environment, expected) => {
    expect(find(environment, url)).toBe(expected);
  });

  it.each([
    ['localhost', ''],
    ['127.0.0.1:10000', ''],
    ['127.8.9.1', ''],
    ['[::1]:1', ''],
    ['169.254.169.254', ''],
    ['store.example.com', 'store.example.com'],
    ['store.example.com', 'example.com'],
    ['store.example.com', 'other, .EXAMPLE.com'],
    ['STORE.example.com', '*.example.com'],
    ['store.example.com:8443', 'store.example.com:8443'],
    ['store.example.com', 'one two *'],
    ['10.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3'],
    ['[fd00::5]', 'fd00::/8'],
  ])('is none for %s with NO_PROXY "%s"', (host, excepted) => {
    expect(find({ HTTPS_PROXY: PROXY, NO_PROXY: excepted }, `https://${host}/x`)).toBe(null);
  });

  it.each([
    ['store.example.com', 'tore.example.com'],
    ['store.example.com', 'store.example'],
    ['store.example.com', 'store.example.com:8443'],
    ['11.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '10.0.0.0/99'],
    ['store.example.com', ''],
  ])('stands before %s with NO_PROXY "%s"', (host, excepted) => {
    expect(find({ HTTPS_PROXY: PROXY, NO_PROXY: excepted }, `https://${host}/x`)).not.toBe(null);
  });
});

it('tells which variable holds no proxy, and never what it holds', () => {
  const faults = findProxyFaults({ HTTPS_PROXY: 'socks5://u:S3cret@proxy', http_proxy: 'http://:', ALL_PROXY: PROXY });
  expect(faults).toEqual([expect.stringMatching(/^HTTP_PROXY: /), expect.stringMatching(/^HTTPS_PROXY: /)]);
  expect(faults.join()).not.toContain('S3cret');
});

it('names a proxy without who signs in to it, and knows what no log may show', () => {
  const environment = { HTTPS_PROXY: 'http://user:S3cret%2F@proxy:3128', HTTP_PROXY: PROXY };
  const proxy = readProxies(environment).find('https://store/');
  expect(proxy && nameProxy(proxy)).toBe('http://proxy:3128');
  expect(listProxySecrets(environment)).toEqual(['S3cret%2F', 'S3cret/']);
});
