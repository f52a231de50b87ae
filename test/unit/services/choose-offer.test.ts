import { describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { chooseVersion } from '../../../src/services/instances/choose-offer.ts';

const offers = [
  { version: '9', imageTypes: ['STOCK'] },
  { version: '15', imageTypes: ['STOCK'] },
  { version: '17', imageTypes: ['STOCK', 'PG_DURABLE'] },
  { version: '18', imageTypes: ['PG_DURABLE'] },
] as const;

function refusal(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the version of a server', () => {
  it('is by default the newest that runs the type, by number and not by letter', () => {
    expect(chooseVersion(offers, { imageType: 'STOCK', postgresVersion: null }, 'imageType')).toBe('17');
    expect(chooseVersion(offers, { imageType: 'PG_DURABLE', postgresVersion: null }, 'imageType')).toBe('18');
  });

  it('is the one asked for, where it runs the type', () => {
    expect(chooseVersion(offers, { imageType: 'STOCK', postgresVersion: '9' }, 'postgresVersion')).toBe('9');
    const wanted = { imageType: 'STOCK', postgresVersion: '18' } as const;
    const { code, details, message } = refusal(() => chooseVersion(offers, wanted, 'postgresVersion'));
    expect({ code, details }).toEqual({
      code: 'INVALID_INPUT',
      details: { field: 'postgresVersion', rule: 'offered' },
    });
    expect(message).toBe(
      'This platform has no PostgreSQL 18 of type STOCK. ' +
        'It has: 9 (STOCK), 15 (STOCK), 17 (STOCK, PG_DURABLE), 18 (PG_DURABLE).',
    );
  });

  it('is UNAVAILABLE where there is no PostgreSQL at all: that is no fault of the input', () => {
    const wanted = { imageType: 'STOCK', postgresVersion: '15' } as const;
    expect(refusal(() => chooseVersion([], wanted, 'postgresVersion')).code).toBe('UNAVAILABLE');
  });
});
