import 'reflect-metadata';
import { Arg, Int, Query, Resolver } from 'type-graphql';
import { Drift } from '../../schema/drift.ts';
import { checkPage } from '../../schema/rules/paging-rules.ts';
import { DriftState } from '../../schema/states.ts';
import { DEFAULT_FIRST } from '../paging.ts';
import type { DriftRecord } from '../ports/records.ts';
import type { Services } from '../services.ts';
import { FIRST } from '../words.ts';

/** Reads of what differs from the records. */
@Resolver()
export class DriftQueryResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Query(() => [Drift], {
    description: 'Where the platforms and the blob store differ from the records, what was seen last first.',
  })
  async drift(
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('state', () => [DriftState], { nullable: true, description: 'Only those; left out or empty: all of them.' })
    state?: readonly DriftState[] | null,
  ): Promise<readonly DriftRecord[]> {
    const length = first ?? DEFAULT_FIRST;
    checkPage(length);
    return this.#services.upkeepQueries.drift({ first: length, state });
  }
}
