import { describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { describeFailure } from '../../../src/workflow/failure.ts';
import { queueName, runKey } from '../../../src/workflow/queue/queue-name.ts';
import { compareVersions, newestOf } from '../../../src/workflow/versions.ts';

describe('workflow versions', () => {
  it('are ordered by number, not as text', () => {
    const versions = ['1.10.0', '1.9.2', '2.0.0', '1.9', '1.9.10', '1.0.0-beta'];
    expect(versions.sort(compareVersions)).toEqual(['1.0.0-beta', '1.9', '1.9.2', '1.9.10', '1.10.0', '2.0.0']);
    expect(compareVersions('1.9', '1.9.0')).toBe(0);
  });

  it('are chosen among those of the same workflow', () => {
    const all = [
      { name: 'a', version: '1.0.0' },
      { name: 'b', version: '9.0.0' },
      { name: 'a', version: '1.2.0' },
    ];
    expect(newestOf(all, 'a')?.version).toBe('1.2.0');
    expect(newestOf(all, 'c')).toBeNull();
  });
});

describe('queue names', () => {
  it('keep platforms and versions apart, in the characters that the queue allows', () => {
    const name = queueName('kubernetes:prod@eu/toygres', 'create-image', '1.0.0');
    expect(name).toMatch(/^toygres\/[0-9a-f]{12}\/create-image\/1\.0\.0$/);
    expect(queueName('local:x', 'create-image', '1.0.0')).not.toBe(name);
    expect(() => queueName('local:x', 'create image', '1.0.0')).toThrow('character');
    expect(runKey('id', 2)).toBe('id/2');
  });
});

describe('a failure', () => {
  const log = createLogger('silent');
  const where = { operationId: 'o', step: 'Back up' };

  it('says what an AppError says, and of anything else only a reference', () => {
    expect(describeFailure(new AppError('STEP_FAILED', 'disk full'), where, log)).toEqual({
      code: 'STEP_FAILED',
      message: 'disk full',
      step: 'Back up',
    });
    for (const thrown of [new Error('secret'), 'secret', null, new AppError('INTERNAL', 'secret')]) {
      const failure = describeFailure(thrown, where, log);
      expect(failure).toMatchObject({ code: 'INTERNAL', step: 'Back up' });
      expect(failure.message).not.toContain('secret');
    }
  });
});
