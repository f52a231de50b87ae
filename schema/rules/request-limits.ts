import { FIRST_MAX } from './paging-rules.ts';

/** How much one request and one caller may ask for, as clients are told. */
export const REQUEST_LIMITS = {
  pageSize: FIRST_MAX,
  /** Levels of fields. A log line of a job of an operation of an image in a list is at level 9. */
  depth: 16,
  /** Fields under another name, as written. */
  aliases: 150,
  /** Fields that an answer may have, lists counted with the length that was asked for. */
  cost: 500_000,
  /** Subscriptions of one user or token that one server process serves at a time, over all its connections. */
  subscriptionsPerIdentity: 2000,
} as const;

/** What a request is refused for that asks for more: the `rule` of its INVALID_INPUT. */
export type LimitRule = 'documentTooDeep' | 'tooManyAliases' | 'documentTooLong' | 'tooCostly' | 'tooManySubscriptions';
