import { describe, expect, it } from 'vitest';
import { buildAnswerKey } from '../../../src/api/execution/answer-key.ts';
import { createPreparer } from '../../../src/api/execution/prepare-operation.ts';
import { readSchema } from '../../../src/api/schema.ts';

const { prepare } = createPreparer(readSchema());
const key = (query: string, variables: Record<string, unknown> = {}) => buildAnswerKey(prepare({ query, variables }));
const events = (selection: string, head = '($id: ID!, $after: Int)', more = '') =>
  `subscription ${head} { operationEvents(operationId: $id, after: $after) { ${selection} } } ${more}`;
const ID = { id: 'a' };

describe('the key of an answer', () => {
  it('is the same wherever a subscription begins, however it is written', () => {
    const one = key(events('sequence at'), { ...ID, after: 3 });
    expect(key(events('sequence at'), { ...ID, after: 40 })).toBe(one);
    expect(key(events('sequence,\n\n at'), ID)).toBe(one);
    expect(key('subscription Named { operationEvents(operationId: "b") { sequence at } }')).toBe(one);
  });

  it.each([
    ['fields', events('sequence'), ID],
    ['the order of fields', events('at sequence'), ID],
    ['aliases', events('sequence at').replace('{ operationEvents', '{ e: operationEvents'), ID],
    ['fragments', events('...F', undefined, 'fragment F on OperationEvent { sequence }'), ID],
    ['directives', events('sequence at').replace('$after) {', '$after) @include(if: true) {'), ID],
  ])('tells other %s apart', (_what, query, variables) => {
    expect(key(query, variables)).not.toBe(key(events('sequence at'), ID));
  });

  it('tells values apart that are used beneath the event, also by default or within a fragment', () => {
    const beneath = 'operation { jobs { logs(tailLines: $n) { text } } }';
    const head = '($id: ID!, $after: Int, $n: Int)';
    expect(key(events(beneath, head), { ...ID, n: 1 })).not.toBe(key(events(beneath, head), { ...ID, n: 2 }));
    const defaulted = '($id: ID!, $after: Int, $n: Int = 5)';
    expect(key(events(beneath, head), ID)).not.toBe(key(events(beneath, defaulted), ID));
    const fragment = `fragment F on OperationEvent { ${beneath} }`;
    const within = events('...F', head, fragment);
    expect(key(within, { ...ID, n: 1 })).not.toBe(key(within, { ...ID, n: 2 }));
  });
});
