import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWellFormed } from '../../../src/guarded-postgres/frame-shapes.ts';
import { FrameReader, ProtocolError } from '../../../src/guarded-postgres/frames.ts';
import { int16, int32, LET_IN, message, rowsAnswer } from '../../support/fake-postgres.ts';

const ALL = () => 1 << 20;

function framesOf(chunks: readonly Buffer[], limit = ALL) {
  const reader = new FrameReader(limit);
  return chunks.flatMap((chunk) => [...reader.take(chunk)]);
}

test('messages come out whole and in order, however the bytes are cut', () => {
  const whole = Buffer.concat([
    LET_IN,
    rowsAnswer([
      ['a', null],
      ['', 'ü'],
    ]),
  ]);
  const expected = framesOf([whole]).map(({ bytes }) => bytes.toString('hex'));
  expect(expected).toHaveLength(9);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sizes) => {
      const chunks: Buffer[] = [];
      let at = 0;
      for (const size of sizes) {
        chunks.push(whole.subarray(at, at + size));
        at += size;
      }
      chunks.push(whole.subarray(at));
      expect(framesOf(chunks).map(({ bytes }) => bytes.toString('hex'))).toEqual(expected);
    }),
  );
});

test('messages that pass come out the same, and nothing of what came is held on to', () => {
  const body = Buffer.from(Array.from({ length: 300 }, (_, at) => at % 251));
  const whole = Buffer.concat([message('d', body), message('d', Buffer.alloc(0)), message('d', body.subarray(7))]);
  const expected = framesOf([whole]).map(({ bytes }) => bytes.toString('hex'));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 })), (sizes) => {
      const reader = new FrameReader(ALL, { isPassing: true });
      const came: string[] = [];
      let at = 0;
      for (const size of [...sizes, whole.length]) {
        const chunk = Buffer.from(whole.subarray(at, at + size));
        at += size;
        for (const { bytes } of reader.take(chunk)) came.push(bytes.toString('hex'));
        chunk.fill(0xff);
      }
      expect(came).toEqual(expected);
    }),
  );
});

test('a length that is over the limit ends it before any of it is kept', () => {
  const head = Buffer.concat([Buffer.from('D'), int32(0x7fffffff)]);
  expect(() => framesOf([head])).toThrow(ProtocolError);
  expect(() => framesOf([Buffer.concat([Buffer.from('D'), int32(3)])])).toThrow(ProtocolError);
  expect(() => framesOf([Buffer.concat([Buffer.from('D'), int32(-1)])])).toThrow(ProtocolError);
});

test.each([
  ['an error without an end', message('E', 'SERROR')],
  ['an error with bytes behind its end', message('E', 'Mwords\0', '\0', 'x')],
  ['a row with fewer columns than it says', message('D', int16(2), int32(-1))],
  ['a row with a length of less than nothing', message('D', int16(1), int32(-2))],
  ['a row with a length beyond it', message('D', int16(1), int32(9), 'abc')],
  ['a row with columns of less than none', message('D', int16(-1))],
  ['columns that are cut', message('T', int16(1), 'name\0', int32(0))],
  ['mechanisms without an end', message('R', int32(10), 'SCRAM-SHA-256\0')],
  ['a message that no server sends', message('?', 'x')],
  ['an end of a command without an end', message('C', 'SELECT 1')],
])('%s is no message', (_, bytes) => {
  const [frame] = framesOf([bytes]);
  expect(frame && isWellFormed(frame.type, frame.body)).toBe(false);
});

test('what a server really sends is well formed', () => {
  const frames = framesOf([LET_IN, rowsAnswer([['a', null]]), message('E', 'SERROR\0', 'C42P01\0', 'Mno\0', '\0')]);
  expect(frames.every(({ type, body }) => isWellFormed(type, body))).toBe(true);
});

test('no bytes whatsoever make the check of a message throw or go on for ever', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 200 }), (type, body) => {
      expect(typeof isWellFormed(type, Buffer.from(body))).toBe('boolean');
    }),
  );
});
