import { chmod, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { cleanLine } from '../attempt/clean-line.ts';
import { JobFailure } from '../attempt/failure.ts';
import { createLineSplitter } from '../programs/line-splitter.ts';
import type { MoveProgress } from './file-mover.ts';
import type { Mover } from './mover.ts';
import { type Answer, LONGEST_LINE, parseLine, Question } from './protocol.ts';
import { NotTaken } from './take-file.ts';

const UNANSWERED_AT_MOST = 256;
const PROGRESS_EVERY_MS = 200;

export interface MoverServer {
  /** For the mover that serves. */
  readonly log: (text: string) => void;
  readonly onProgress: (progress: MoveProgress) => void;
  /** Serves one worker; resolves when that has left, or the signal aborts. */
  serve(mover: Mover, signal: AbortSignal): Promise<void>;
}

async function answerTo(mover: Mover, question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'upload':
      return mover.upload(question.file, question.name);
    case 'settle':
      return (await mover.settle()) ?? null;
    case 'receive':
      return mover.receive(question.name);
    case 'release':
      return (await mover.release(question.name)) ?? null;
    case 'write':
      return mover.streams.write(question.name);
    case 'written':
      return mover.streams.written(question.stream, question.sizeBytes);
    case 'read':
      return mover.streams.read(question);
    case 'wasRead':
      return (await mover.streams.wasRead(question.stream)) ?? null;
    case 'version':
      return mover.readToolVersion();
    case 'login':
      return mover.readLogin();
  }
}

function describe(error: unknown): { readonly message: string; readonly final: boolean } {
  if (error instanceof JobFailure) return { message: cleanLine(error.message), final: error.final };
  if (error instanceof NotTaken) return { message: error.message, final: true };
  return { message: cleanLine(error instanceof Error ? error.message : String(error)), final: false };
}

/**
 * Listens on a socket for the one worker of this attempt. A further connection is one of its streams;
 * whoever knows none, and says what is none of the protocol's, is let go.
 */
export function createMoverServer(socketPath: string): MoverServer {
  let worker: Socket | null = null;
  let saidAt = 0;
  const say = (answer: Answer) => {
    if (worker?.writable) worker.write(`${JSON.stringify(answer)}\n`);
  };

  return {
    log: (text) => say({ say: 'log', text: cleanLine(text) }),
    onProgress: (progress) => {
      const now = performance.now();
      if (now - saidAt < PROGRESS_EVERY_MS) return;
      saidAt = now;
      say({ say: 'progress', ...progress });
    },
    serve: async (mover, signal) => {
      await rm(socketPath, { force: true });
      await new Promise<void>((resolve, reject) => {
        const server = createServer((socket) => {
          socket.on('error', () => socket.destroy());
          if (worker !== null) {
            mover.streams.accept(socket);
            return;
          }
          worker = socket;
          let unanswered = 0;
          const splitter = createLineSplitter((line) => {
            const question = parseLine(Question, line);
            if (question === null || unanswered >= UNANSWERED_AT_MOST) {
              socket.destroy();
              return;
            }
            unanswered += 1;
            answerTo(mover, question)
              .then(
                (value) => say({ say: 'done', id: question.id, value }),
                (error: unknown) => say({ say: 'failed', id: question.id, ...describe(error) }),
              )
              .finally(() => {
                unanswered -= 1;
              });
          }, LONGEST_LINE);
          socket.on('data', (chunk) => splitter.push(chunk));
          socket.once('close', () => {
            server.close();
            resolve();
          });
        });
        server.once('error', reject);
        const leave = () => {
          worker?.destroy();
          server.close(() => resolve());
        };
        if (signal.aborted) leave();
        else signal.addEventListener('abort', leave, { once: true });
        // Its directory belongs to us and the worker's group may pass; whoever comes in is of that group.
        server.listen(socketPath, () => void chmod(socketPath, 0o660).catch(reject));
      });
    },
  };
}
