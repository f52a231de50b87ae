import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { buildJobId, buildJobName, buildJobRef } from '../../../jobs/platform-jobs/job-identity.ts';
import { jobLimits } from '../../../jobs/platform-jobs/job-limits.ts';
import { READINESS } from '../../../jobs/servers/readiness.ts';
import { CONNECTION_TEST } from '../../../jobs/servers/server-steps.ts';

describe('job ids', () => {
  const operation = randomUUID();

  it('are UUIDs, the same for the same operation, run and kind', () => {
    const id = buildJobId(operation, 1, 'backup');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(buildJobId(operation, 1, 'backup')).toBe(id);
  });

  it('differ for another run, kind or operation', () => {
    const ids = [
      buildJobId(operation, 1, 'backup'),
      buildJobId(operation, 2, 'backup'),
      buildJobId(operation, 1, 'restore'),
      buildJobId(randomUUID(), 1, 'backup'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('job names', () => {
  it('say what the job does, for what, and which one it is', () => {
    const ref = buildJobRef({ operationId: randomUUID(), run: 1 }, 'backup', { namespace: 'here', name: 'nightly' });
    expect(ref.name).toBe(`backup-nightly-${ref.id.slice(0, 8)}`);
    expect(ref.namespace).toBe('here');
  });

  it.each([
    ['backup', 'a'.repeat(63)],
    ['restore', 'a'.repeat(49)],
    // Cut exactly behind a hyphen.
    ['backup', `${'a'.repeat(46)}-${'b'.repeat(10)}`],
    ['backup', 'a'],
  ] as const)('of a %s of %s are what Kubernetes allows', (kind, name) => {
    const built = buildJobName(kind, name, randomUUID());
    expect(built.length).toBeLessThanOrEqual(63);
    expect(built).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    expect(built).not.toContain('--');
  });
});

describe('job limits', () => {
  const GIB = 1 << 30;

  it('leave half an hour for an empty server and grow with the data', () => {
    expect(jobLimits(0).deadlineSeconds).toBe(1_800);
    expect(jobLimits(100 * GIB).deadlineSeconds).toBeGreaterThan(6 * 3_600);
    expect(jobLimits(100 * GIB).deadlineSeconds).toBeLessThan(8 * 3_600);
  });

  it('do not grow for ever, however large a server says that its databases are', () => {
    const { deadlineSeconds, grantSeconds, stallSeconds } = jobLimits(1e18);
    expect(grantSeconds).toBeLessThan(7 * 86_400);
    expect(deadlineSeconds).toBeLessThan(grantSeconds);
    expect(stallSeconds).toBeLessThan(deadlineSeconds);
  });

  it.each([0, GIB, 1_000 * GIB])(
    'let the grant outlive the deadline and the deadline the silence, for %d bytes',
    (bytes) => {
      const { deadlineSeconds, grantSeconds, scratchBytes, stallSeconds } = jobLimits(bytes);
      expect(grantSeconds).toBeGreaterThan(deadlineSeconds);
      expect(deadlineSeconds).toBeGreaterThan(stallSeconds);
      expect(scratchBytes).toBeGreaterThan(bytes);
      expect([deadlineSeconds, grantSeconds, scratchBytes, stallSeconds].every(Number.isSafeInteger)).toBe(true);
    },
  );
});

describe('patience with a new server', () => {
  it('tries to connect at once and then 2, 4, 8, 16, 30, 30 ... s apart until 120 s have passed, at least 5 times', () => {
    const { attempts = 0, delayMs = 0, maxDelayMs = 0 } = CONNECTION_TEST;
    const waits = Array.from({ length: attempts - 1 }, (_, at) => Math.min(maxDelayMs, delayMs * 2 ** at) / 1000);
    expect(waits.slice(0, 6)).toEqual([2, 4, 8, 16, 30, 30]);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(120);
    expect(attempts).toBeGreaterThanOrEqual(5);
  });

  it('waits ten minutes until it is ready', () => {
    expect(READINESS.timeoutMs).toBe(600_000);
  });
});
