import { randomBytes } from 'node:crypto';
import type { RawName } from '../../guarded-postgres/raw-name.ts';
import { writeName } from '../../guarded-postgres/written-name.ts';

/** What enables a subscription that has kept its slot. */
export function enable(name: RawName): string {
  return `ALTER SUBSCRIPTION ${writeName(name)} ENABLE;`;
}

/** The same of one that has given up its slot, here: where its changes come from it needs one of its own. */
export function enableWithSlot(name: RawName, slot: string): string {
  return `ALTER SUBSCRIPTION ${writeName(name)} SET (slot_name = '${slot}'); ${enable(name)}`;
}

/** Names for slots of one copy's subscriptions, by their places: such as servers take, and as no other copy is told. */
export function namesOfSlots(): (place: number) => string {
  const own = randomBytes(4).toString('hex');
  return (place) => `copy_${own}_${place + 1}`;
}

/** What the server that sends the changes is asked for it. */
export function makeSlot(slot: string): string {
  return `SELECT pg_create_logical_replication_slot('${slot}', 'pgoutput');`;
}

const counted = (count: number, means: string) =>
  count === 1 ? `1 subscription is held: it is ${means}` : `${count} subscriptions are held: they are ${means}`;

/**
 * How many are held in a copy and what lets them run, in words: all of them, or those that ran on the source where that is
 * known. Held without slots: with what makes them.
 */
export function describeHeld(
  held: readonly RawName[],
  ran: readonly RawName[] | null,
  slotOf: (place: number) => string,
): string {
  if (ran === null) {
    const slots = held.map((_, place) => makeSlot(slotOf(place))).join(' ');
    const here = held.map((name, place) => enableWithSlot(name, slotOf(place))).join(' ');
    return `${counted(held.length, 'there, disabled and without a slot')}; to let ${held.length === 1 ? 'it' : 'them'} run: ${slots} on the server that each takes its changes from, then here ${here}`;
  }
  const whom = ran.length === held.length ? (held.length === 1 ? 'it' : 'them') : 'what ran on the source';
  const way = ran.length === 0 ? 'none of them ran on the source' : `to let ${whom} run: ${ran.map(enable).join(' ')}`;
  return `${counted(held.length, 'there and disabled')}; ${way}`;
}
