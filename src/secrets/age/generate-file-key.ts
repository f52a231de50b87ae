/**
 * A key that files are encrypted for, `AGE-SECRET-KEY-1...`: whoever has it can read them. The format is loaded when it is
 * first needed.
 */
export async function generateFileKey(): Promise<string> {
  const { generateX25519Identity } = await import('age-encryption');
  return generateX25519Identity();
}
