import { describe, expect, it } from 'vitest';
import { sayReadiness } from '../../../web/src/format/readiness.ts';

// Where the tests run, as people are told times.
const now = new Date(2026, 2, 4, 12).getTime();
const taken = new Date(now - 9 * 3600_000).toISOString();

describe('sayReadiness', () => {
  it('says first to when it can be brought back, then how that is known and how long it takes', () => {
    const readiness = {
      status: 'READY',
      reasons: [],
      recoverySeconds: 250,
      newestImage: { name: 'nightly', takenAt: taken },
      lastVerdict: { state: 'PASSED', finishedAt: new Date(now - 2 * 3600_000).toISOString() },
    };
    expect(sayReadiness(readiness, now)).toMatch(/^Can be brought back to Wed.* proven 2 h ago in 4 min 10 s\.$/);
  });

  it('says why where it cannot, or is not proven', () => {
    const unproven = {
      status: 'UNPROVEN',
      reasons: ['No drill of its images has passed.'],
      newestImage: { name: 'nightly', takenAt: taken },
      lastVerdict: null,
    };
    expect(sayReadiness(unproven, now)).toMatch(/^Can be brought back to Wed.*\. No drill of its images has passed\.$/);
    const none = {
      status: 'UNPROTECTED',
      reasons: ['There is no image that it could be restored from.'],
      newestImage: null,
    };
    expect(sayReadiness(none, now)).toBe('There is no image that it could be restored from.');
  });
});
