import type { ScheduleRunState } from '../../schema/states.ts';
import type { RunTally } from '../stores/schedules/planned-images.ts';

const count = (images: number) => (images === 1 ? '1 image' : `${images} images`);

/** How a run ended of which nothing is pending or under way, and what is worth saying about it. */
export function describeEnd({ succeeded, skipped, failed, cancelled, failures }: RunTally): {
  readonly state: Extract<ScheduleRunState, 'SUCCEEDED' | 'PARTIAL' | 'FAILED'>;
  readonly message: string;
} {
  const left =
    skipped === 0 ? '' : ` ${count(skipped)} could not be taken, since the instance was not RUNNING any more.`;
  if (failed === 0 && succeeded > 0) return { state: 'SUCCEEDED', message: `${count(succeeded)} taken.${left}` };
  const named = failures.map(({ name, message }) => `${name}: ${message ?? 'no reason is on record'}`);
  const others = failed > failures.length ? ` And ${failed - failures.length} others.` : '';
  const became = [
    failed > cancelled ? `${failed - cancelled} failed` : null,
    cancelled > 0 ? `${cancelled} cancelled` : null,
  ].filter((part) => part !== null);
  const message =
    `${[`${count(succeeded)} taken`, ...became].join(', ')}.${left} ${named.join(' ')}${others}`.trimEnd();
  return { state: succeeded > 0 ? 'PARTIAL' : 'FAILED', message };
}
