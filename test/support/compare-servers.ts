import { readServerFacts, type ServerFacts, type ServerLogin } from './server-facts.ts';

/** The differences of two readings in words, one a line; none when all that is known of one is so on the other. */
export function compareFacts(source: ServerFacts, copy: ServerFacts): readonly string[] {
  const differences: string[] = [];
  for (const [about, is] of source) {
    const other = copy.get(about);
    if (other === undefined) differences.push(`missing: ${about} (${is})`);
    else if (other !== is) differences.push(`${about}: was ${is}, is ${other}`);
  }
  for (const [about, is] of copy) if (!source.has(about)) differences.push(`extra: ${about} (${is})`);
  return differences;
}

/**
 * Compares two whole servers: roles, databases, settings, every object's definition, owner, grants and comment, and the
 * rows of every table by column name. Independent of dump and restore: it reads the catalogues. An empty answer: equal.
 */
export async function compareServers(source: ServerLogin, copy: ServerLogin): Promise<readonly string[]> {
  return compareFacts(await readServerFacts(source), await readServerFacts(copy));
}
