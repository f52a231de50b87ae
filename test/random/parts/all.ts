import type { Part } from '../world.ts';
import * as around from './around.ts';
import * as code from './code.ts';
import * as onTables from './on-tables.ts';
import * as tables from './tables.ts';
import { collations, compositeType, domainType, enumType, rangeType } from './types.ts';

/** Every part by its name. The first is what a failing example shrinks to. */
export const PARTS: Readonly<Record<string, Part>> = {
  ...tables,
  ...onTables,
  ...code,
  ...around,
  collations,
  compositeType,
  domainType,
  enumType,
  rangeType,
};
