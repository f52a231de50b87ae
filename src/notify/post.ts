import type { Agent } from 'undici';
import { AppError } from '../../schema/errors.ts';
import { isPublicAddress, publicLookup, readLiteral, refuseAddress } from './address.ts';

/** What came of a message. */
export interface PostEnd {
  readonly statusCode: number | null;
  /** Null: the receiver took it. */
  readonly error: string | null;
}

/** Sends messages. */
export interface Poster {
  /** Never throws: whatever goes wrong is in the answer. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostEnd>;
  stop(): Promise<void>;
}

export interface PosterOptions {
  readonly allowPrivate: boolean;
  /** How long a receiver may take in all. Default 10 s. */
  readonly timeoutMs?: number;
}

/** What a receiver says beyond that is not read. */
const ANSWER_MAX = 64 * 1024;
const SHOWN = 200;

function describe(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const { code, cause, name } = error as { readonly code?: string; readonly cause?: unknown; readonly name?: string };
  if (cause instanceof AppError) return cause.message;
  if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT') return 'The receiver did not answer in time.';
  return `The receiver could not be reached (${code ?? name ?? 'no reason was given'}).`;
}

/** Redirects are not followed, and no proxy of the environment is used. */
export function createPoster({ allowPrivate, timeoutMs = 10_000 }: PosterOptions): Poster {
  let agent: Agent | null = null;
  // It is large, and most servers send no message.
  const open = async () => {
    // A CommonJS package: of a part that is bundled by itself there is nothing but the whole.
    const { default: undici } = await import('undici');
    agent ??= new undici.Agent({
      connect: { timeout: timeoutMs, ...(allowPrivate ? {} : { lookup: publicLookup }) },
      keepAliveTimeout: 1000,
      maxResponseSize: ANSWER_MAX,
    });
    return { request: undici.request, dispatcher: agent };
  };
  return {
    async post(url, headers, body) {
      try {
        const literal = readLiteral(url);
        if (!allowPrivate && literal !== null && !isPublicAddress(literal)) throw refuseAddress();
        const { request, dispatcher } = await open();
        const signal = AbortSignal.timeout(timeoutMs);
        const answer = await request(url, { method: 'POST', dispatcher, headers, body, signal });
        const { statusCode } = answer;
        if (statusCode >= 200 && statusCode < 300) {
          // It has taken the message, whatever else it says, and however long it goes on.
          answer.body.on('error', () => undefined).destroy();
          return { statusCode, error: null };
        }
        const text = await answer.body.text().catch(() => '');
        const said = text === '' ? '' : `: ${text.slice(0, SHOWN)}`;
        return { statusCode, error: `The receiver answered with status ${statusCode}${said}` };
      } catch (error) {
        return { statusCode: null, error: describe(error) };
      }
    },
    stop: async () => agent?.destroy(),
  };
}
