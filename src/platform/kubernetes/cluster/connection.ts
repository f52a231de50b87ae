import type { RequestOptions } from 'node:https';
import path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { invalidInput } from '../../../../schema/errors.ts';
import { NO_PROXIES, type Proxies } from '../../../machine/proxies.ts';

/** How long a login is used before it is asked for again: a token that lies in a file is renewed there. */
const LOGIN_MS = 30_000;
/** Long-lived streams (watches, logs) take a connection each; the rest share what is left. */
const CONNECTIONS = 256;

/** What every call needs: where, over which connections, as whom. */
export interface Connection {
  /** `https://host:port`, without a slash at the end. */
  readonly server: string;
  /** The name that the kubeconfig or the account names as default; null when neither does. */
  readonly namespace: string | null;
  /** Asks for the login again when it is old, or when `anew` says that it was refused. */
  open(
    anew?: boolean,
  ): Promise<{ readonly dispatcher: Dispatcher; readonly headers: Readonly<Record<string, string>> }>;
  stop(): Promise<void>;
}

async function load(kubeconfig: string | null): Promise<KubeConfig> {
  // Takes over a second and much memory to load, and only this platform needs it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig === null) config.loadFromDefault();
    else {
      const [first, ...further] = kubeconfig.split(path.delimiter).filter((file) => file !== '');
      config.loadFromFile(first ?? kubeconfig);
      for (const file of further) {
        const more = new KubeConfig();
        more.loadFromFile(file);
        config.mergeConfig(more, true);
      }
    }
  } catch {
    // What the parser says may quote the file, and that holds keys.
    throw invalidInput('KUBECONFIG', 'a readable kubeconfig', `The kubeconfig ${kubeconfig ?? ''} cannot be read.`);
  }
  return config;
}

type Tls = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'>;

function tlsOf(options: RequestOptions): Tls {
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
  const all = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Tls;
}

function buildDispatcher(tls: Tls, proxyUrl: string | undefined): Dispatcher {
  const connect = { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000, timeout: 10_000 };
  const options = { connections: CONNECTIONS, keepAliveTimeout: 60_000, headersTimeout: 30_000 };
  if (proxyUrl !== undefined) return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: connect });
  return new Agent({ ...options, connect });
}

/**
 * The cluster that a kubeconfig names (null: KUBECONFIG, the account of the pod, or ~/.kube/config, in this order), with
 * one pool of kept-alive connections. Opens none yet. Throws INVALID_INPUT when there is no usable configuration.
 */
export async function openConnection(kubeconfig: string | null, proxies: Proxies = NO_PROXIES): Promise<Connection> {
  const config = await load(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw invalidInput(
      'KUBECONFIG',
      'names a cluster',
      'KUBECONFIG names no cluster: set it, or run inside a cluster.',
    );
  }
  const context = config.getContextObject(config.getCurrentContext());
  const server = cluster.server.replace(/\/$/, '');
  let dispatcher: Dispatcher | null = null;
  let identity = '';
  let login: { headers: Record<string, string>; at: number } | null = null;

  async function signIn(): Promise<void> {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const tls = tlsOf(options);
    const now = JSON.stringify(tls);
    if (dispatcher === null || now !== identity) {
      // Streams that run go on over the old connections until they end.
      dispatcher?.close().catch(() => undefined);
      dispatcher = buildDispatcher(tls, cluster?.proxyUrl ?? proxies.find(server)?.href);
      identity = now;
    }
    const headers = Object.entries({ ...options.headers }).map(([name, value]) => [name, String(value)] as const);
    if (options.auth) headers.push(['Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`]);
    login = { headers: Object.fromEntries(headers), at: performance.now() };
  }

  return {
    server,
    namespace: context?.namespace ?? null,
    open: async (anew = false) => {
      if (login === null || anew || performance.now() - login.at > LOGIN_MS) await signIn();
      if (dispatcher === null || login === null) throw new Error('there is no login');
      return { dispatcher, headers: login.headers };
    },
    stop: async () => {
      await dispatcher?.destroy();
      dispatcher = null;
      login = null;
    },
  };
}
