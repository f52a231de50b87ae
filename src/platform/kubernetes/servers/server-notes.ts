import * as z from 'zod';
import { type Started, startedOf } from '../../../../jobs/servers/started.ts';
import type { Hosting } from '../../../../schema/rules/hosting-rules.ts';
import { TAINT_EFFECTS } from '../../../../schema/states.ts';
import type { KubeObject, Pod, StatefulSet } from '../cluster/objects.ts';

/** By which start-server.sh is told of the certificate, as the template has it. */
const TLS_VARIABLE = 'TOYGRES_TLS';

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
  /** How it is hosted, as it was asked for. */
  hosting: 'toygres.io/hosting',
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

/** When the server was last asked to run: what is older is no cause of how it is now. Others may write nonsense there. */
export function askedAtOf({ metadata }: StatefulSet): Date {
  const noted = new Date(metadata.annotations?.[NOTES.askedAt] ?? '');
  return Number.isNaN(noted.getTime()) ? new Date(metadata.creationTimestamp ?? Date.now()) : noted;
}

/** Whether it was made with a certificate of this installation, and so talks TLS. */
export function isCertified({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[NOTES.certified] === 'true';
}

/** The same of a pod whose StatefulSet is gone, by what it is started with. */
export function isCertifiedPod({ spec: { containers = [] } }: Pod): boolean {
  const tls = containers[0]?.env?.find(({ name }) => name === TLS_VARIABLE)?.value;
  return tls !== undefined && tls !== 'off';
}

const StartedParameters = z.record(z.string(), z.string());
const StartedHosting = z.strictObject({
  resources: z
    .strictObject({
      cpuRequestMillicores: z.number(),
      cpuLimitMillicores: z.number(),
      memoryRequestMib: z.number(),
      memoryLimitMib: z.number(),
    })
    .partial()
    .optional(),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  tolerations: z
    .array(z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.enum(TAINT_EFFECTS).optional() }))
    .optional(),
  priorityClass: z.string().optional(),
});

/** What it was started with; what was made before such a thing was noted says nothing of it. */
export function startedWith({ metadata: { annotations = {} } }: KubeObject): Started {
  const parameters = StartedParameters.safeParse(parseJson(annotations[NOTES.parameters]));
  const hosting = StartedHosting.safeParse(parseJson(annotations[NOTES.hosting]));
  return startedOf({
    ...(parameters.success ? { parameters: parameters.data } : {}),
    ...(hosting.success ? { hosting: hosting.data as Hosting } : {}),
  });
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
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
