import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRetention, type RetainedImage, type RetentionPolicy } from '../../../../schema/rules/retention.ts';
import { RETENTION_RULES, type RetentionForm } from '../../../../schema/rules/schedule-rules.ts';

const NOW = new Date('2026-06-15T12:00:00Z');
const HOUR = 3_600_000;

function image(id: string, takenAt: string | number, values: Partial<RetainedImage> = {}): RetainedImage {
  const at = typeof takenAt === 'string' ? new Date(takenAt) : new Date(NOW.getTime() - takenAt * HOUR);
  const rest = { protected: false, expiresAt: null, proven: false, refuted: false, scheduleId: 's', usedBy: null };
  return { id, takenAt: at, ...rest, ...values };
}

function decide(
  images: readonly RetainedImage[],
  retention: RetentionForm,
  { timeZone = 'UTC', isInstanceGone = false, now = NOW } = {},
) {
  const policy: RetentionPolicy = { retention, timeZone };
  const policyOf = ({ scheduleId }: RetainedImage) => (scheduleId === null ? null : policy);
  return decideRetention({ images, isInstanceGone, policyOf }, now);
}

/** The ids that stay, the newest first. */
function kept(...given: Parameters<typeof decide>): string[] {
  return [...decide(...given)].filter(([, because]) => because.length > 0).map(([id]) => id);
}

describe('a rule', () => {
  const nightly = Array.from({ length: 40 }, (_, n) => image(`d${n}`, 24 * n));

  it('keeps the newest so many, or all of so many days', () => {
    expect(kept(nightly, { keepLast: 3 })).toEqual(['d0', 'd1', 'd2']);
    expect(kept(nightly, { keepDays: 2 })).toEqual(['d0', 'd1']);
  });

  it('keeps the newest of each period that has one', () => {
    expect(kept(nightly, { keepDaily: 2 })).toEqual(['d0', 'd1']);
    // Monday 15 June; the Sundays before it end their weeks.
    expect(kept(nightly, { keepWeekly: 3 })).toEqual(['d0', 'd1', 'd8']);
    expect(kept(nightly, { keepMonthly: 2 })).toEqual(['d0', 'd15']);
    expect(
      kept([image('a', '2026-01-01'), image('b', '2025-12-31'), image('c', '2025-01-01')], { keepYearly: 5 }),
    ).toEqual(['a', 'b']);
    expect(kept([image('a', 0.5), image('b', 0.7), image('c', 1.5)], { keepHourly: 2 })).toEqual(['a', 'c']);
  });

  it('counts days as the time zone has them', () => {
    const images = [
      image('late', '2026-06-14T23:30:00Z'),
      image('early', '2026-06-14T22:30:00Z'),
      image('noon', '2026-06-14T10:00:00Z'),
    ];
    expect(kept(images, { keepDaily: 2 }, { timeZone: 'UTC' })).toEqual(['late']);
    expect(kept(images, { keepDaily: 2 }, { timeZone: 'Europe/Berlin' })).toEqual(['late', 'noon']);
  });

  it('lets nothing go of a time zone that is not known here', () => {
    const days = nightly.map(({ id }) => id);
    expect(kept(nightly, { keepLast: 1 }, { timeZone: 'Mars/Olympus_Mons' })).toEqual(days);
  });

  it('tells apart two hours that the clock shows alike', () => {
    const images = [image('second', '2026-10-25T01:30:00Z'), image('first', '2026-10-25T00:30:00Z')];
    expect(kept(images, { keepHourly: 2 }, { timeZone: 'Europe/Berlin', now: new Date('2026-10-26') })).toEqual([
      'second',
      'first',
    ]);
  });

  it('says which images it wants', () => {
    const because = decide(nightly.slice(0, 2), { keepLast: 2, keepDaily: 1 });
    expect(because.get('d0')).toEqual(['It is the newest image of its instance.', 'keepLast: 2', 'keepDaily: 1']);
    expect(because.get('d1')).toEqual(['keepLast: 2']);
  });

  it('of a deleted instance is one of days, months or years, or nothing goes', () => {
    const gone = { isInstanceGone: true };
    expect(kept(nightly, { keepLast: 30, keepDaily: 30, keepDays: 2 }, gone)).toEqual(['d0', 'd1']);
    expect(kept(nightly, { keepLast: 30, keepMonthly: 2 }, gone)).toEqual(['d0', 'd15']);
    expect(kept(nightly, { keepLast: 1, keepDaily: 1 }, gone)).toHaveLength(40);
  });
});

describe('an image that a drill has failed with', () => {
  it('is never what is left in the place of one that may come back', () => {
    const refuted = { refuted: true };
    expect(kept([image('bad', 1, refuted), image('good', 2), image('older', 3)], { keepLast: 1 })).toEqual([
      'bad',
      'good',
    ]);
    const proven = { proven: true };
    const images = [
      image('newest', 1, refuted),
      image('plain', 2),
      image('damaged-since', 3, { ...proven, ...refuted }),
      image('proven', 4, proven),
      image('older', 5, proven),
    ];
    expect(kept(images, { keepLast: 1 })).toEqual(['newest', 'plain', 'damaged-since', 'proven']);
    expect(decide(images, { keepLast: 1 }).get('plain')).toEqual([
      'It is the newest image of its instance that no drill has refuted.',
    ]);
  });
});

describe('an image taken by hand', () => {
  it('goes when its time is over, and never without one', () => {
    const hand = { scheduleId: null };
    const images = [
      image('newest', 1),
      image('forever', 48, hand),
      image('later', 48, { ...hand, expiresAt: new Date(NOW.getTime() + 1) }),
      image('over', 48, { ...hand, expiresAt: NOW }),
    ];
    expect(kept(images, { keepLast: 1 }).sort()).toEqual(['forever', 'later', 'newest']);
  });
});

const someImage = fc.record({
  id: fc.uuid(),
  takenAt: fc.date({ min: new Date('2019-01-01'), max: NOW, noInvalidDate: true }),
  protected: fc.boolean(),
  proven: fc.boolean(),
  refuted: fc.boolean(),
  expiresAt: fc.option(fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })),
  scheduleId: fc.constantFrom('s', null),
  usedBy: fc.constantFrom(null, null, null, 'It is being restored.'),
});
const someImages = fc.uniqueArray(someImage, { maxLength: 60, selector: ({ id }) => id });
const someRetention = fc
  .record(Object.fromEntries(RETENTION_RULES.map((rule) => [rule, fc.option(fc.integer({ min: 1, max: 20 }))])))
  .map((rules) => ({ keepLast: 1, ...rules }) as RetentionForm);
const someCase = fc.tuple(someImages, someRetention, fc.boolean(), fc.constantFrom('UTC', 'America/St_Johns'));

describe('whatever the images and the rules', () => {
  it('the newest, the newest proven, protected ones and those in use stay', () => {
    fc.assert(
      fc.property(someCase, ([images, retention, isInstanceGone, timeZone]) => {
        const stays = new Set(kept(images, retention, { isInstanceGone, timeZone }));
        const newest = Math.max(...images.map(({ takenAt }) => takenAt.getTime()));
        const newestProven = Math.max(...images.filter((one) => one.proven).map(({ takenAt }) => takenAt.getTime()));
        if (images.length > 0) {
          expect(images.some((one) => one.takenAt.getTime() === newest && stays.has(one.id))).toBe(true);
        }
        if (images.some((one) => one.proven)) {
          expect(images.some((one) => one.proven && one.takenAt.getTime() === newestProven && stays.has(one.id))).toBe(
            true,
          );
        }
        for (const isGood of [
          (one: RetainedImage) => !one.refuted,
          (one: RetainedImage) => one.proven && !one.refuted,
        ]) {
          const good = images.filter(isGood);
          if (good.length > 0) expect(good.some(({ id }) => stays.has(id))).toBe(true);
        }
        for (const one of images) if (one.protected || one.usedBy !== null) expect(stays.has(one.id)).toBe(true);
      }),
    );
  });

  it('deciding again after the deletions lets nothing further go, and every image is decided on', () => {
    fc.assert(
      fc.property(someCase, ([images, retention, isInstanceGone, timeZone]) => {
        const options = { isInstanceGone, timeZone };
        expect(decide(images, retention, options).size).toBe(images.length);
        const stays = kept(images, retention, options);
        const left = images.filter(({ id }) => stays.includes(id));
        expect(kept(left, retention, options).sort()).toEqual([...stays].sort());
      }),
    );
  });

  it('a further rule lets nothing go that stayed before, while the instance is there', () => {
    fc.assert(
      fc.property(someImages, someRetention, fc.constantFrom(...RETENTION_RULES), (images, retention, rule) => {
        const { [rule]: _, ...fewer } = retention;
        const more = new Set(kept(images, { ...fewer, [rule]: 5 }));
        for (const id of kept(images, fewer)) expect(more.has(id)).toBe(true);
      }),
    );
  });
});
