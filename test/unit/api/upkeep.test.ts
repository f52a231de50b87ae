import { describe, expect, it } from 'vitest';
import type { DriftRecord, HealthCheckRecord } from '../../../resolvers/ports/records.ts';
import type { DriftRequest } from '../../../resolvers/ports/upkeep.ts';
import { codes, run } from '../../support/api-execution.ts';
import { countCalls, fakeServices, sampleInstance } from '../../support/api-fakes.ts';

const AT = new Date('2026-03-01T09:30:00.000Z');

describe('the health checks of instances', () => {
  const instances = [sampleInstance(), sampleInstance(), sampleInstance()];
  const checkOf = (id: string): HealthCheckRecord => {
    return { at: AT, status: 'UNHEALTHY', latencyMs: null, message: `of ${id}` };
  };
  const lengths: number[] = [];
  const services = fakeServices({
    instanceQueries: {
      page: async () => ({ rows: instances, hasNextPage: false, hasPreviousPage: false, totalCount: 3 }),
    },
    upkeepQueries: {
      healthChecks: async (ids, first) => {
        lengths.push(first);
        return ids.map((id) => [checkOf(id)]);
      },
    },
  });

  it('of a whole page are one call for each length asked for', async () => {
    const counted = countCalls(services);
    const { data, errors } = await run(
      counted.services,
      '{ instances { nodes { id healthChecks { at status latencyMs message } last: healthChecks(first: 1) { message } } } }',
    );
    expect(errors).toEqual([]);
    for (const { id, healthChecks, last } of data.instances.nodes) {
      const message = `of ${id}`;
      expect(healthChecks).toEqual([{ at: AT.toISOString(), status: 'UNHEALTHY', latencyMs: null, message }]);
      expect(last).toEqual([{ message }]);
    }
    expect(counted.calls.get('upkeepQueries.healthChecks')).toBe(2);
    expect(lengths.toSorted((a, b) => a - b)).toEqual([1, 20]);
  });

  it.each([0, 101, -1])('are refused in a number of %i', async (first) => {
    const { errors } = await run(services, `{ instances { nodes { healthChecks(first: ${first}) { at } } } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'first', rule: 'range' });
  });
});

describe('the days of instances', () => {
  const instances = [sampleInstance(), sampleInstance()];
  const tally = { checks: 30, healthy: 29, latencyMs: 4, slowestMs: 9.5 };
  const services = fakeServices({
    instanceQueries: {
      page: async () => ({ rows: instances, hasNextPage: false, hasPreviousPage: false, totalCount: 2 }),
    },
    upkeepQueries: {
      healthDays: async (ids) =>
        ids.map((id) => ({ ...tally, periods: [{ ...tally, from: AT, message: `of ${id}` }] })),
    },
  });
  const day =
    'healthDay { checks healthy latencyMs slowestMs periods { from checks healthy latencyMs slowestMs message } }';

  it('of a whole page are one call', async () => {
    const counted = countCalls(services);
    const { data, errors } = await run(counted.services, `{ instances { nodes { id ${day} } } }`);
    expect(errors).toEqual([]);
    for (const { id, healthDay } of data.instances.nodes) {
      const periods = [{ ...tally, from: AT.toISOString(), message: `of ${id}` }];
      expect(healthDay).toEqual({ ...tally, periods });
    }
    expect(data.instances.nodes).toHaveLength(2);
    expect(counted.calls.get('upkeepQueries.healthDays')).toBe(1);
  });
});

describe('the query drift', () => {
  const record: DriftRecord = {
    platform: 'local:test',
    kind: 'VOLUME',
    namespace: 'toygres-managed',
    name: 'orders-0a1b2c3d-pvc',
    ownerId: null,
    firstSeen: AT,
    lastSeen: AT,
    state: 'REPORTED',
    reason: 'No record of its instance is here.',
  };
  const asked: DriftRequest[] = [];
  const services = fakeServices({
    upkeepQueries: {
      drift: async (request) => {
        asked.push(request);
        return [record];
      },
    },
  });

  it('hands on what is asked for, and shows what is there', async () => {
    const fields = 'platform kind namespace name ownerId firstSeen lastSeen state reason';
    const { data, errors } = await run(services, `{ drift(first: 5, state: [PENDING, REPORTED]) { ${fields} } }`, {
      role: 'VIEWER',
    });
    expect(errors).toEqual([]);
    expect(data.drift).toEqual([{ ...record, firstSeen: AT.toISOString(), lastSeen: AT.toISOString() }]);
    await run(services, '{ drift { name } }');
    expect(asked).toEqual([{ first: 5, state: ['PENDING', 'REPORTED'] }, { first: 20 }]);
  });

  it('refuses a number out of range', async () => {
    expect(codes(await run(services, '{ drift(first: 1000) { name } }'))).toEqual(['INVALID_INPUT']);
  });
});
