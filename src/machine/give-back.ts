/**
 * Gives the memory of bytes back at once, where they are all of their buffer; nobody may look at them afterwards. What passes a
 * process by gigabytes is otherwise left to the collector, which is called whenever some 32 MiB have gathered, and goes
 * through everything else that the process holds as well.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
