import type { Hosting } from '../../schema/rules/hosting-rules.ts';
import { isSame, type Parameters } from './parameters.ts';

/** What a server was started with, as far as its platform knows. */
export type Started = {
  readonly parameters?: Parameters;
  readonly hosting?: Hosting;
};

/** One text for the same hosting, in whatever order its fields stand: a database keeps none. */
function written(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function isSameHosting(one: Hosting, other: Hosting): boolean {
  return written(one) === written(other);
}

/** That alone of all that is said of a server. */
export function startedOf({ parameters, hosting }: Started): Started {
  return { ...(parameters === undefined ? {} : { parameters }), ...(hosting === undefined ? {} : { hosting }) };
}

/** What an instance is to be started with, and what its server was. */
export interface StartFacts {
  readonly parameters: Parameters;
  readonly startedParameters: Parameters;
  readonly hosting: Hosting;
  readonly startedHosting: Hosting;
}

/** Whether another start would change something. */
export function isPending({ parameters, startedParameters, hosting, startedHosting }: StartFacts): boolean {
  return !isSame(parameters, startedParameters) || !isSameHosting(hosting, startedHosting);
}
