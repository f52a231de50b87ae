import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createDice } from './dice.ts';
import { launchFleet } from './fleet.ts';
import { openLedger, tell } from './ledger.ts';
import { settle } from './settle.ts';
import { strike } from './strikes.ts';
import { beUser, type Holdings } from './users.ts';

const MINUTE = 60_000;
const minutes = Number(process.env.CHAOS_MINUTES ?? '3');
const seed = process.env.CHAOS_SEED ?? String(randomInt(1e9));
const say = (text: string) => process.stdout.write(`${text}\n`);

it(
  'nothing is lost, orphaned or stuck after minutes of load, kills and faults',
  async () => {
    say(`chaos: seed ${seed} (CHAOS_SEED), ${minutes} minutes (CHAOS_MINUTES)`);
    const dice = createDice(seed);
    const ledger = openLedger();
    const holdings: Holdings = {
      dataOf: new Map(),
      imaged: new Map(),
      restoredFrom: new Map(),
    };
    const fleet = await launchFleet(['api', 'api', 'worker', 'worker']);
    try {
      const over = new AbortController();
      const users = ['ada', 'bob', 'cleo'].map((name) =>
        beUser(name, fleet, dice.apart(name), holdings, ledger, over.signal),
      );
      const striker = strike(fleet, dice.apart('strikes'), ledger, over.signal);
      await Promise.race([delay(minutes * MINUTE), striker, ...users]);
      over.abort();
      await Promise.all([striker, ...users]);
      const ends = await settle(fleet, holdings, ledger);
      say(`chaos: asked ${tell(ledger.asked)}`);
      say(`chaos: strikes ${tell(ledger.strikes)}`);
      say(`chaos: operations ${tell(ends)}`);
      say(`chaos: findings ${ledger.findings.length}, seed ${seed}`);
      expect(ledger.findings).toEqual([]);
    } finally {
      await fleet.stop();
    }
  },
  minutes * MINUTE + 40 * MINUTE,
);
