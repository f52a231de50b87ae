import { describe, expect, it } from 'vitest';
import { Stops } from '../../../src/app/stops.ts';
import { createLogger } from '../../../src/log/logger.ts';

const log = createLogger('silent');
const never = () => new Promise<void>(() => undefined);

describe('what was started', () => {
  it('is stopped in the reverse order, whatever becomes of one of them, and what may still run is named', async () => {
    const stopped: string[] = [];
    const stops = new Stops(log);
    stops.defer('the first', () => void stopped.push('first'));
    stops.defer('what hangs', never, { withinMs: 1 });
    stops.defer('what fails', () => Promise.reject(new Error('no way')));
    stops.defer('what throws', () => {
      throw new Error('no way either');
    });
    stops.defer('what ends with us', never, { withinMs: 1, endsWithUs: true });
    stops.defer('the last', () => void stopped.push('last'));
    await expect(stops.disposeAsync()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message:
        'Not everything was stopped: what throws (no way either), what fails (no way), what hangs (it took more than ' +
        '0.001 s).',
    });
    expect(stopped).toEqual(['last', 'first']);
  });

  it('is stopped once, however often that is asked for', async () => {
    const times: number[] = [];
    const stops = new Stops(log);
    stops.defer('it', () => void times.push(1));
    await Promise.all([stops.disposeAsync(), stops.disposeAsync()]);
    expect(times).toEqual([1]);
  });

  it('is handed on whole', async () => {
    const stopped: string[] = [];
    const first = new Stops(log);
    first.defer('it', () => void stopped.push('it'));
    const second = first.move();
    await first.disposeAsync();
    expect(stopped).toEqual([]);
    await second.disposeAsync();
    expect(stopped).toEqual(['it']);
  });

  it('goes no further than the next thing once a stop is asked for, and that is stopped as well', async () => {
    const asked = new AbortController();
    const stopped: string[] = [];
    const start = async () => {
      await using stops = new Stops(log, asked.signal);
      stops.defer('one', () => void stopped.push('one'));
      asked.abort(new Error('asked'));
      stops.defer('two', () => void stopped.push('two'));
      stops.defer('three', () => void stopped.push('three'));
    };
    await expect(start()).rejects.toThrow('asked');
    expect(stopped).toEqual(['two', 'one']);
  });
});
