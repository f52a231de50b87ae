import * as z from 'zod/mini';

/**
 * What the two halves of an attempt say to each other over a socket, one JSON object a line. The worker asks, one answer
 * comes for each question; progress comes in between. Whatever else the worker may send is refused.
 */

/** Longer lines end the connection. */
export const LONGEST_LINE = 1 << 20;
export const LONGEST_STREAM_LINE = 128;

const PART = /^[A-Za-z0-9._-]{1,128}$/;
const LONGEST_NAME = 512;
const KEPT = new Set(['manifest.json']);

/** Whether this may be the name of an image's file: the manifest is the control plane's own. */
export function isFileName(name: string): boolean {
  if (name.length > LONGEST_NAME || KEPT.has(name)) return false;
  return name.split('/').every((part) => PART.test(part) && part !== '.' && part !== '..');
}

const fileName = z.string().check(z.refine(isFileName));
/** A file of the exchange directory, never a path. */
const exchanged = z.string().check(z.regex(/^[a-z0-9]{1,32}$/));
const size = z.number().check(z.int(), z.nonnegative());
const hex = (digits: number) => z.string().check(z.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));
/** Names a stream for whoever connects for it: nobody else knows it. */
export const StreamToken = z.string().check(z.regex(/^[0-9a-f]{32}$/));
const id = z.number().check(z.int(), z.nonnegative());

export const Question = z.discriminatedUnion('ask', [
  z.object({ id, ask: z.literal('upload'), file: exchanged, name: fileName }),
  z.object({ id, ask: z.literal('settle') }),
  z.object({ id, ask: z.literal('receive'), name: z.nullable(fileName) }),
  z.object({ id, ask: z.literal('release'), name: fileName }),
  z.object({ id, ask: z.literal('write'), name: fileName }),
  z.object({ id, ask: z.literal('written'), stream: StreamToken, sizeBytes: size }),
  z.object({ id, ask: z.literal('read'), name: fileName, sizeBytes: size, sha256: hex(64) }),
  z.object({ id, ask: z.literal('wasRead'), stream: StreamToken }),
  z.object({ id, ask: z.literal('version') }),
  z.object({ id, ask: z.literal('login') }),
]);
export type Question = z.infer<typeof Question>;

/** The first line of a connection that is for a stream; bytes follow it. */
export const StreamLine = z.object({ stream: StreamToken });
export const Stored = z.object({ name: fileName, sizeBytes: size, md5: hex(32), sha256: hex(64) });
export const Received = z.array(z.object({ ...Stored.shape, path: z.string() }));
export const Login = z.object({
  kind: z.enum(['signature', 'workload identity']),
  description: z.string(),
  proxy: z.nullable(z.string()),
});

export const Answer = z.discriminatedUnion('say', [
  z.object({
    say: z.literal('progress'),
    stage: z.enum(['send', 'receive', 'hash']),
    bytes: size,
    total: z.nullable(size),
  }),
  z.object({ say: z.literal('log'), text: z.string() }),
  z.object({ say: z.literal('done'), id, value: z.unknown() }),
  z.object({ say: z.literal('failed'), id, message: z.string(), final: z.boolean() }),
]);
export type Answer = z.infer<typeof Answer>;

/** The line as what the schema says; null when it is anything else. Never throws. */
export function parseLine<T>(schema: z.ZodMiniType<T>, line: string): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
