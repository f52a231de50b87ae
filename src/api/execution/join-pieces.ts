/** From so many bytes on, copying what all are sent for each of them costs more than to send it in pieces. */
const LONG_BYTES = 16 * 1024;

/** The pieces of a message as they are to be written: as one where they are short, as they are where they are long. */
export function joinPieces(pieces: readonly Buffer[]): readonly Buffer[] {
  const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return bytes < LONG_BYTES ? [Buffer.concat(pieces)] : pieces;
}
