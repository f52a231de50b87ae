import { REQUEST_LIMITS } from '../../../schema/rules/request-limits.ts';

/** What one document may hold and cost. Wide enough for any page of a console, narrow enough that none can stop a server. */
export const LIMITS = {
  ...REQUEST_LIMITS,
  /** Lexical tokens; graphql stops reading there. Its own introspection query has 182. */
  tokens: 8000,
  /** Fields and fragments as written. Checking whether fields can be merged takes time that grows with their square. */
  fields: 1500,
  /** Bytes of a request's body, and of a WebSocket message. */
  messageBytes: 1024 * 1024,
  /** Bytes of answers that a WebSocket may leave unread; with more, none of its messages is looked at. */
  unreadBytes: 8 * 1024 * 1024,
  /** Operations that one WebSocket has going at a time; those whose answers wait to be read count as well. */
  operationsPerSocket: 2000,
  /** WebSockets of one user or token, and of one address. */
  socketsPerIdentity: 2000,
  socketsPerAddress: 4000,
  /** Connections of one address on which nobody has signed in; of a proxy and of this machine as many as there are. */
  connectionsOfStrangers: 512,
  /** Requests of one user or token, and of one address, that are being answered at a time; streams are no requests. */
  requestsPerIdentity: 256,
  requestsPerAddress: 1024,
  /** What one identity may spend at once on fields that do more than read, and how much of it comes back in a second. */
  effectsAtOnce: 2000,
  effectsPerSecond: 100,
  /** Identities whose spending is kept until it has come back. */
  identitiesKept: 10_000,
} as const;
