import { type Core, openCore } from '../../src/app/core.ts';
import { layFoundations } from '../../src/app/foundations.ts';
import { Stops } from '../../src/app/stops.ts';
import { readConfig } from '../../src/config/env.ts';
import { createLogger } from '../../src/log/logger.ts';

export type Environment = Readonly<Record<string, string>>;

export interface Parts {
  readonly core: Core;
  readonly stateDirectory: string;
  /** Stops them, the last one first. */
  readonly stops: Stops;
}

/** The parts of a worker as the product composes them from its environment. */
export async function openParts(environment: Environment): Promise<Parts> {
  const config = readConfig(environment);
  const log = createLogger(config.logLevel);
  const stops = new Stops(log);
  try {
    const foundations = await layFoundations(config, 'worker', log, stops);
    const core = await openCore(config, foundations, log, stops);
    return { core, stateDirectory: foundations.home.stateDirectory, stops };
  } catch (error) {
    await stops.disposeAsync();
    throw error;
  }
}
