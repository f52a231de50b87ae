import { expect, it } from 'vitest';
import { closest } from '../../../web/src/shell/closest.ts';

const named = (...names: string[]) => names.map((name) => ({ id: `id of ${name}`, name }));

it('puts what has exactly the name first, then what begins with it, each once and no more than there is room for', () => {
  const holding = named('web-shop', 'shop-2', 'old-shop');
  const beginning = named('shop-2', 'shop-1');
  const names = (most: number) => closest('shop', most, named('shop'), beginning, holding).map(({ name }) => name);
  expect(names(8)).toEqual(['shop', 'shop-2', 'shop-1', 'web-shop', 'old-shop']);
  expect(names(2)).toEqual(['shop', 'shop-2']);
  expect(closest('shop', 8, undefined, null, holding).map(({ name }) => name)).toEqual([
    'shop-2',
    'web-shop',
    'old-shop',
  ]);
});
