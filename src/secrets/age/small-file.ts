/**
 * A whole file that is encrypted in the age format, decrypted in memory. Throws STEP_FAILED as `decryptFile` does. The format
 * is loaded when it is first needed.
 */
export async function openSmallFile(stored: Uint8Array, identity: string): Promise<Uint8Array> {
  const { decryptFile } = await import('./age-file.ts');
  const parts: Uint8Array[] = [];
  for await (const part of decryptFile([stored], identity)) parts.push(part);
  return Buffer.concat(parts);
}
