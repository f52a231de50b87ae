import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { RawSocket } from '../../support/raw-socket.ts';
import { CHANGES, LINES, openSocketWorld, type SocketWorld } from '../../support/socket-world.ts';

let world: SocketWorld;
beforeEach(async () => {
  world = await openSocketWorld();
});
afterEach(() => world.api.stop());

describe('a subscription', () => {
  it('of a reader that stops reading stops asking, and slows no other', async () => {
    const [slowJob, fastJob] = [randomUUID(), randomUUID()];
    const slow = await world.login();
    const fast = await world.login();
    slow.socket.pause();
    for (const [raw, jobId] of [
      [slow, slowJob],
      [fast, fastJob],
    ] as const) {
      raw.send({
        id: '1',
        type: 'subscribe',
        payload: { query: `subscription { jobLogs(jobId: "${jobId}") { line text } }` },
      });
    }
    const read = async (raw: RawSocket) => {
      for (let line = 1; line <= LINES; line += 1) {
        expect(await raw.receive()).toMatchObject({ payload: { data: { jobLogs: { line } } } });
      }
      expect(await raw.receive()).toEqual({ id: '1', type: 'complete' });
    };
    await read(fast);
    expect(world.linesTaken.get(fastJob)).toBe(LINES);
    expect(world.linesTaken.get(slowJob)).toBeGreaterThan(0);
    expect(world.linesTaken.get(slowJob)).toBeLessThan(LINES / 4);
    slow.socket.resume();
    await read(slow);
    slow.socket.close();
    fast.socket.close();
  });

  it('of a reader that stops reading begins no more when much is unread, and keeps no other waiting', async () => {
    const ask = (fields: string) => ({ query: `{ operation(id: "${randomUUID()}") { ${fields} } }` });
    const large = ask('a: requestedBy b: requestedBy c: requestedBy d: requestedBy');
    const [slow, fast] = [await world.login(), await world.login()];
    slow.socket.pause();
    // More than the buffers of both ends' systems take up before anybody is held.
    const asked = 900;
    for (let n = 1; n <= asked; n += 1) slow.send({ id: `${n}`, type: 'subscribe', payload: large });
    // They take turns: in this time all of the other one's would have been begun.
    const others = 400;
    for (let n = 1; n <= others; n += 1) {
      fast.send({ id: `${n}`, type: 'subscribe', payload: ask('percent') });
      expect(await fast.receive()).toMatchObject({ id: `${n}`, type: 'next' });
      expect(await fast.receive()).toMatchObject({ id: `${n}`, type: 'complete' });
    }
    expect(world.operationReads).toBeLessThan(others + asked * 0.75);
    slow.socket.resume();
    const answered = new Set<string | undefined>();
    while (answered.size < asked) {
      const { id: of, type } = await slow.receive();
      if (type === 'complete') answered.add(of);
    }
    expect(world.operationReads).toBe(asked + others);
    slow.socket.close();
    fast.socket.close();
  });

  it('begun and left 1,000 times leaves no stream and no timer', async () => {
    const raw = await world.login();
    const resources = () => process.getActiveResourcesInfo().length;
    const before = resources();
    for (let left = 0; left < 1000; left += 50) {
      const ids = Array.from({ length: 50 }, (_, n) => `${left + n}`);
      for (const id of ids) raw.send({ id, type: 'subscribe', payload: CHANGES });
      await eventually(
        () => world.instances.opened,
        (opened) => opened === left + 50,
      );
      for (const id of ids) raw.send({ id, type: 'complete' });
    }
    expect(world.instances.opened).toBe(1000);
    await eventually(
      () => world.instances.live,
      (live) => live === 0,
    );
    await eventually(resources, (count) => count <= before);
    raw.socket.close();
  });

  it('left before it was begun never begins', async () => {
    const raw = await world.login();
    for (let n = 1; n <= 200; n += 1) {
      raw.send({ id: `${n}`, type: 'subscribe', payload: CHANGES });
      raw.send({ id: `${n}`, type: 'complete' });
    }
    raw.send({ type: 'ping' });
    expect((await raw.receive()).type).toBe('pong');
    await eventually(
      () => world.instances.live,
      (live) => live === 0,
    );
    raw.socket.close();
  });
});
