import { z } from 'zod';
import type { Parameters } from '../../../../jobs/servers/parameters.ts';
import type { KubeObject, StatefulSet } from '../cluster/objects.ts';

/** Written on what a server is made of. */
export const NOTES = {
  /** Of which template it was made. */
  template: 'toygres.io/template',
  /** Of which text and settings that template was: the same for every server of this control plane. */
  madeOf: 'toygres.io/made-of',
  /** When the server was last asked to run, and to stop. */
  askedAt: 'toygres.io/asked-at',
  stoppedAt: 'toygres.io/stopped-at',
  /** It has a certificate of this installation. */
  certified: 'toygres.io/certified',
  /** PostgreSQL's parameters that it is started with. */
  parameters: 'toygres.io/parameters',
  /** Only to have the controller look at it. */
  nudgedAt: 'toygres.io/nudged-at',
} as const;

/** The digest that an object was made with; null for what was made before there were any. */
export function templateOf({ metadata }: KubeObject): string | null {
  return metadata.annotations?.[NOTES.template] ?? null;
}

/** The digest of what its template was made of; null for what was made before there was one. */
export function madeOf({ metadata }: KubeObject): string | null {
  return metadata.annotations?.[NOTES.madeOf] ?? null;
}

/** When the server was last asked to run: what is older is no cause of how it is now. */
export function askedAtOf({ metadata }: StatefulSet): Date {
  return new Date(metadata.annotations?.[NOTES.askedAt] ?? metadata.creationTimestamp ?? Date.now());
}

/** Whether it was made with a certificate of this installation, and so talks TLS. */
export function isCertified({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[NOTES.certified] === 'true';
}

/** The parameters that it was started with; undefined for what was made before there were any. */
export function parametersOf({ metadata }: KubeObject): Parameters | undefined {
  const written = metadata.annotations?.[NOTES.parameters];
  if (written === undefined) return undefined;
  const read = z.record(z.string(), z.string()).safeParse(parseJson(written));
  return read.success ? read.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether it was stopped by us since it was asked to run; else somebody else took its pod away. */
export function wasStopped(set: StatefulSet): boolean {
  const stoppedAt = set.metadata.annotations?.[NOTES.stoppedAt];
  return stoppedAt !== undefined && new Date(stoppedAt) >= askedAtOf(set);
}
