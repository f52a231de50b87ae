import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/** This machine itself, and the service by which a machine of a cloud is told who it is: no proxy can stand before them. */
const NEVER = ['localhost', '127.0.0.1', '::1', '[::1]', '169.254.169.254'];
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const;

/** The proxies that the environment names for what leaves this machine. */
export interface Proxies {
  /** The one through which a URL is reached; null: it is reached directly. */
  find(url: string): URL | null;
  /**
   * The same for a program of its own, in the names that all programs read; empty where there is no proxy. A secret: a
   * proxy's URL may hold a password.
   */
  readonly environment: Readonly<Record<string, string>>;
}

/** The proxies of nobody. */
export const NO_PROXIES: Proxies = { find: () => null, environment: {} };

/** Of such an environment, what no log may show. */
export function listProxySecrets(environment: Environment): string[] {
  const found = NAMES.flatMap((name) => parse(read(environment, name)) ?? []).map(({ password }) => password);
  return [...new Set(found.flatMap((password) => [password, decode(password)]))].filter((secret) => secret !== '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A proxy as it may be shown: without who signs in to it. */
export function nameProxy({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

/** In capitals first, as azcopy reads them. */
function read(environment: Environment, name: string): string {
  return environment[name] || environment[name.toLowerCase()] || '';
}

/** Programs take `proxy:3128` for the URL that it is meant to be. */
function parse(text: string): URL | null {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  return ['http:', 'https:'].includes(parsed.protocol) && parsed.hostname !== '' ? parsed : null;
}

/** What is wrong with the variables, a line each; a value is not repeated, since it may hold a password. */
export function findProxyFaults(environment: Environment): string[] {
  return NAMES.filter((name) => read(environment, name) !== '' && parse(read(environment, name)) === null).map(
    (name) => `${name}: must be the URL of an HTTP proxy, like http://proxy.example.com:3128`,
  );
}

/**
 * Reads HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in capitals or not. What they say wrong is left out: see
 * `findProxyFaults`. NO_PROXY holds names (which stand for what is below them, too), addresses, ranges of them, and `*`.
 */
export function readProxies(environment: Environment): Proxies {
  const of = (name: string) => read(environment, name) || read(environment, 'ALL_PROXY');
  const [http, https] = [parse(of('HTTP_PROXY')), parse(of('HTTPS_PROXY'))];
  if ((of('HTTP_PROXY') === '' || http === null) && (of('HTTPS_PROXY') === '' || https === null)) return NO_PROXIES;
  const excepted = [...new Set([...read(environment, 'NO_PROXY').split(/[\s,]+/), ...NEVER])].filter(
    (item) => item !== '',
  );
  const isExcepted = createExceptions(excepted);
  const plain = of('HTTP_PROXY') === '' ? null : http;
  const secure = of('HTTPS_PROXY') === '' ? null : https;
  return {
    find(url) {
      const { protocol, hostname, port } = new URL(url);
      const proxy = protocol === 'https:' ? secure : plain;
      const isPast = isExcepted(hostname.replace(/^\[|\]$/g, ''), port || (protocol === 'https:' ? '443' : '80'));
      return proxy === null || isPast ? null : proxy;
    },
    environment: {
      ...(plain === null ? {} : { HTTP_PROXY: plain.href.replace(/\/$/, '') }),
      ...(secure === null ? {} : { HTTPS_PROXY: secure.href.replace(/\/$/, '') }),
      NO_PROXY: excepted.join(','),
    },
  };
}

function createExceptions(items: readonly string[]): (host: string, port: string) => boolean {
  const addresses = new BlockList();
  addresses.addSubnet('127.0.0.0', 8, 'ipv4');
  const names: { readonly name: string; readonly port: string | null }[] = [];
  for (const item of items) {
    const [base = '', bits = ''] = item.split('/');
    const address = base.replace(/^\[|\]$/g, '');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) !== 0 && bits === '') addresses.addAddress(address, family);
    else if (isIP(address) !== 0 && Number(bits) <= (family === 'ipv6' ? 128 : 32)) {
      addresses.addSubnet(address, Number(bits), family);
    } else {
      const [, name = '', port = null] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(item.toLowerCase()) ?? [];
      if (item === '*' || name !== '') names.push({ name, port });
    }
  }
  return (host, port) => {
    const family = isIP(host);
    if (family !== 0 && addresses.check(host, family === 6 ? 'ipv6' : 'ipv4')) return true;
    const asked = host.toLowerCase().replace(/\.$/, '');
    return names.some(
      (one) =>
        (one.port === null || one.port === port) &&
        (one.name === '' || asked === one.name || asked.endsWith(`.${one.name}`)),
    );
  };
}
