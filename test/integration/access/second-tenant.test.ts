import { type GraphQLInputType, getNamedType, isInputObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSchema } from '../../../src/api/schema.ts';
import { openAccessWorld } from '../../support/access-world.ts';
import { codes } from '../../support/api-execution.ts';
import { insertRowsOfTeam, type Made } from '../../support/rows-of-team.ts';
import { useShared } from '../../support/shared.ts';
import { listMutations, walkQueries } from '../../support/walk-schema.ts';

const world = useShared(openAccessWorld);
const schema = readSchema();
const RED = [{ key: 'team', value: 'red' }];
/** Stands in every text of the other tenant. */
const MARK = 'mark-of-blue';

let blue: Made;
let token = '';
let values: Readonly<Record<string, readonly string[]>>;

beforeAll(async () => {
  await insertRowsOfTeam(world.database, 'red', 'of-red');
  blue = await insertRowsOfTeam(world.database, 'blue', MARK);
  token = await world.createToken('ADMIN', RED);
  const ids = Object.values(blue).flat();
  values = {
    id: ids,
    name: [`${MARK}-instance`, `${MARK}-image`, `${MARK}-schedule`],
    instanceId: [blue.instance],
    sourceInstanceId: [blue.instance],
    imageId: [blue.image],
    sourceImageId: [blue.image],
    operationId: [blue.operation],
    scheduleId: blue.schedules,
    apiTokenId: [blue.token],
    userId: [blue.user],
    webhookId: [blue.webhook],
    target: ids,
    nameContains: [MARK],
    actorName: [MARK],
  };
});

/** The names of what an input takes. */
function inputFields(type: GraphQLInputType): readonly string[] {
  const named = getNamedType(type);
  return isInputObjectType(named) ? Object.keys(named.getFields()) : [];
}

/** What of the other tenant stands in an answer. */
function strangers(answer: unknown): readonly string[] {
  const text = JSON.stringify(answer ?? null);
  return [MARK, ...Object.values(blue).flat()].filter((mark) => text.includes(mark));
}

/** All rows that a tenant has to do with, but for those that say who tried what. */
async function readAll(): Promise<string> {
  const tables = [
    'instances',
    'images',
    'operations',
    'jobs',
    'schedules',
    'schedule_runs',
    'alerts',
    'users',
    'api_tokens',
    'webhooks',
  ];
  const rows = await Promise.all(
    tables.map((table) =>
      world.database.pool.query(`SELECT to_jsonb(t) - 'last_used_at' AS row FROM cms.${table} t ORDER BY t::text`),
    ),
  );
  return JSON.stringify(rows.map(({ rows: found }) => found));
}

const TAKES_ID = Object.values(schema.getMutationType()?.getFields() ?? {})
  .filter((field) => field.args.some(({ type }) => JSON.stringify(inputFields(type)).includes('Id')))
  .map(({ name }) => name)
  .sort();

describe('a second tenant, with all rights in its own scope', () => {
  it('is shown nothing of the first on any way through the schema', async () => {
    const seen = new Set<string>();
    const leaks: [document: string, answer: string][] = [];
    for (const document of walkQueries(schema, values)) {
      const { data, errors } = await world.send(document, { token });
      for (const answer of [data, errors]) {
        if (strangers(answer).length > 0) leaks.push([document, JSON.stringify(answer).slice(0, 300)]);
      }
      const whole = await world.root(document);
      expect(codes(whole)).not.toContain('GRAPHQL_VALIDATION_FAILED');
      for (const mark of strangers(whole.data)) seen.add(mark);
    }
    expect(leaks).toEqual([]);
    // The same ways lead who has no scope to all of it.
    expect([...seen].sort()).toEqual([MARK, ...Object.values(blue).flat()].sort());
  });

  it('changes nothing of the first by any mutation that takes an id', async () => {
    const given = { ...values, name: ['other'], cron: ['0 0 * * *'], keepLast: ['1'], url: ['https://example.com/'] };
    const named = listMutations(schema, given).filter(([, document]) => strangers(document).length > 0);
    const before = await readAll();
    for (const [name, document] of named) {
      const answer = await world.send(document, { token });
      expect([name, ...codes(answer)]).toEqual([name, expect.stringMatching(/^(NOT_FOUND|FORBIDDEN)$/)]);
    }
    expect(await readAll()).toBe(before);
    expect([...new Set(named.map(([name]) => name))].sort()).toEqual(TAKES_ID);
  });
});
