import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be broken as networks and servers break. */
export interface TcpProxy {
  readonly port: number;
  /** The same URL by way of the proxy. */
  through(url: string): string;
  /** Ends every connection and refuses new ones, as a server that is down. */
  cut(): Promise<void>;
  /** Passes nothing on, in either direction, and says nothing, as a cable that was pulled. */
  freeze(): void;
  /** Passes nothing on of the connections that there are, for good, and says nothing; of new ones all, as a router that was replaced. */
  forget(): void;
  /** Passes on again what `freeze` held back, and accepts again after `cut`. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let frozen = false;
  let forgotten = new Set<readonly [Socket, Socket]>();
  let server: Server = makeServer();
  const port = await listen(server, 0);

  function makeServer(): Server {
    return createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      const pair = [near, far] as const;
      pairs.add(pair);
      const close = () => {
        pairs.delete(pair);
        near.destroy();
        far.destroy();
      };
      for (const socket of pair) socket.on('error', close).on('close', close);
      near.pipe(far);
      far.pipe(near);
      if (frozen) hold(pair);
    });
  }
  function hold([near, far]: readonly [Socket, Socket]): void {
    near.unpipe(far);
    far.unpipe(near);
  }
  async function cut(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    await closed;
  }

  return {
    port,
    cut,
    through(url) {
      const by = new URL(url);
      by.hostname = '127.0.0.1';
      by.port = String(port);
      return by.href;
    },
    freeze() {
      frozen = true;
      for (const pair of pairs) hold(pair);
    },
    forget() {
      for (const pair of pairs) hold(pair);
      forgotten = new Set([...forgotten, ...pairs]);
    },
    async restore() {
      frozen = false;
      for (const pair of pairs) {
        if (forgotten.has(pair)) continue;
        const [near, far] = pair;
        near.pipe(far);
        far.pipe(near);
      }
      if (server.listening) return;
      server = makeServer();
      await listen(server, port);
    },
    async stop() {
      if (server.listening) await cut();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
