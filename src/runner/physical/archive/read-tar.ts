import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';

/** A member of a tar archive, as its header says. */
export interface TarMember {
  /** Its bytes, one a character: a name is in no encoding. */
  readonly name: string;
  readonly type: Header['type'] | null;
  readonly sizeBytes: number;
  readonly linkName: string | null;
}

/** Takes the content of one member, piece by piece, as it passes. Nothing more comes before what it answers with resolves. */
export interface MemberSink {
  write(bytes: Uint8Array): Promise<void> | undefined;
  end(): Promise<void> | undefined;
}

/**
 * Passes every member of an archive to `visit` while the archive is read, in its order; null leaves the member out.
 * Throws what `visit` and its sinks throw, and when the archive is none or is cut within a member.
 */
export async function readTar(
  source: AsyncIterable<Uint8Array> | Readable,
  visit: (member: TarMember) => MemberSink | null,
): Promise<void> {
  const members = extract({ filenameEncoding: 'latin1' } as Parameters<typeof extract>[0]);
  // Told by the pipeline; without a listener of its own it would end the process as well.
  members.on('error', () => undefined);
  members.on('entry', (header, content, next) => {
    content.on('error', () => undefined);
    const fail = (error: unknown) => next(error instanceof Error ? error : new Error(String(error)));
    try {
      const { name, type, size: sizeBytes, linkname: linkName } = header;
      const sink = visit({ name, type, sizeBytes, linkName });
      content.on('data', (chunk) => {
        try {
          const written = sink?.write(chunk as Uint8Array);
          if (written === undefined) return;
          content.pause();
          written.then(
            () => content.resume(),
            (error: Error) => members.destroy(error),
          );
        } catch (error) {
          members.destroy(error as Error);
        }
      });
      content.on('end', () => {
        try {
          const ended = sink?.end();
          if (ended === undefined) next();
          else ended.then(() => next(), fail);
        } catch (error) {
          fail(error);
        }
      });
    } catch (error) {
      fail(error);
    }
  });
  await pipeline(source instanceof Readable ? source : Readable.from(source), members as unknown as Writable);
}
