import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What happens on the way to a server.
 *
 * `pass`: nothing. `refuse`: nobody listens. `reset`: connections are accepted and cut at once. `swallow`: accepted, and
 * nothing goes through in either direction, as behind a firewall that forgot them. A number: every HTTP request is
 * answered with that status and not passed on.
 */
export type Fault = 'pass' | 'refuse' | 'reset' | 'swallow' | number;

/** A way to a server that can be broken as networks and servers break. */
export interface FaultProxy {
  readonly port: number;
  /** From now on. The connections that are there are cut, or go silent for good with `swallow`. */
  set(fault: Fault): Promise<void>;
  /** Cuts every connection, and goes on. */
  drop(): void;
  /** Cuts one of the connections, by lot: `lot` is at least 0 and less than 1. */
  dropOne(lot: number): void;
  /** Lets the connections that are there go silent for ever, while new ones pass: each end thinks the other is there. */
  forget(): void;
  /** From now on each connection ends in the middle of an answer, when it has brought so many bytes. */
  breakAnswers(afterBytes: number): void;
  /** Each piece of data is passed on so much later. */
  delay(ms: number): void;
  /** How many faults were set, drops and forgettings included. */
  readonly faults: number;
  /** How many connections were accepted. */
  readonly accepted: number;
  stop(): Promise<void>;
}

/** One connection on its way. */
interface Passage {
  silent: boolean;
  cut(): void;
}

export async function startFaultProxy(target: { readonly host?: string; readonly port: number }): Promise<FaultProxy> {
  const passages = new Set<Passage>();
  let fault: Fault = 'pass';
  let delayMs = 0;
  let breakAfter = Number.POSITIVE_INFINITY;
  const brought = new WeakMap<Socket, number>();
  let faults = 0;
  let accepted = 0;
  let port = 0;
  let server: Server | null = null;

  function accept(near: Socket): void {
    accepted += 1;
    near.on('error', () => near.destroy());
    if (fault === 'reset') return void near.resetAndDestroy();
    if (typeof fault === 'number') {
      answer(near, fault);
      return;
    }
    const far = connect(target.port, target.host ?? '127.0.0.1');
    const passage: Passage = {
      silent: fault === 'swallow',
      cut: () => {
        passages.delete(passage);
        near.resetAndDestroy();
        far.resetAndDestroy();
      },
    };
    passages.add(passage);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (data) => {
        if (passage.silent) return;
        if (from === far && Number.isFinite(breakAfter)) {
          const before = brought.get(far) ?? 0;
          brought.set(far, before + data.length);
          if (before + data.length > breakAfter) {
            if (before <= breakAfter) near.end(data.subarray(0, breakAfter - before), () => far.destroy());
            return;
          }
        }
        const pass = () => {
          if (!passage.silent && !to.destroyed && !to.write(data)) {
            from.pause();
            to.once('drain', () => from.resume());
          }
        };
        if (delayMs > 0) setTimeout(pass, delayMs);
        else pass();
      });
      from.on('end', () => passage.silent || setTimeout(() => to.end(), delayMs));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        // The other end is not told of what is forgotten.
        if (passage.silent) return;
        passages.delete(passage);
        to.destroy();
      });
    }
  }

  async function open(): Promise<void> {
    if (server !== null) return;
    const fresh = createServer(accept);
    await new Promise<void>((resolve, reject) => {
      fresh.once('error', reject);
      fresh.listen(port, '127.0.0.1', resolve);
    });
    server = fresh;
    const address = fresh.address();
    port = typeof address === 'object' && address !== null ? address.port : port;
  }
  async function close(): Promise<void> {
    const open = server;
    server = null;
    const closed = open === null ? null : new Promise((resolve) => open.close(resolve));
    for (const passage of [...passages]) passage.cut();
    await closed;
  }

  await open();
  return {
    get port() {
      return port;
    },
    get faults() {
      return faults;
    },
    get accepted() {
      return accepted;
    },
    async set(next) {
      if (next !== 'pass') faults += 1;
      const stay = [fault, next].every((each) => each === 'pass' || each === 'swallow');
      fault = next;
      if (stay) for (const passage of passages) passage.silent = next === 'swallow' || passage.silent;
      else for (const passage of [...passages]) passage.cut();
      await (next === 'refuse' ? close() : open());
    },
    drop() {
      faults += 1;
      for (const passage of [...passages]) passage.cut();
    },
    dropOne(lot) {
      faults += 1;
      [...passages][Math.floor(lot * passages.size)]?.cut();
    },
    forget() {
      faults += 1;
      for (const passage of passages) passage.silent = true;
    },
    breakAnswers(afterBytes) {
      faults += 1;
      breakAfter = afterBytes;
    },
    delay(ms) {
      delayMs = ms;
    },
    stop: close,
  };
}

/** Answers a request when its head is there, and takes the rest of it in so that the answer is read. */
function answer(near: Socket, status: number): void {
  const body =
    '<?xml version="1.0" encoding="utf-8"?><Error><Code>ServerBusy</Code><Message>The server is busy.</Message></Error>';
  let head = '';
  near.on('data', (data) => {
    if (head.includes('\r\n\r\n')) return;
    head += data.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    const headers = [
      `HTTP/1.1 ${status} Fault`,
      'Content-Type: application/xml',
      'x-ms-error-code: ServerBusy',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    near.end(`${headers.join('\r\n')}\r\n\r\n${head.startsWith('HEAD') ? '' : body}`);
  });
}
