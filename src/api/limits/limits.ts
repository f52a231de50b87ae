/** What one document may hold and cost. Wide enough for any page of a console, narrow enough that none can stop a server. */
export const LIMITS = {
  /** Lexical tokens; graphql stops reading there. Its own introspection query has 182. */
  tokens: 8000,
  /** Fields and fragments as written. Checking whether fields can be merged takes time that grows with their square. */
  fields: 1500,
  /** Fields under another name, as written. */
  aliases: 150,
  /** Levels of fields. A log line of a job of an operation of an image in a list is at level 9. */
  depth: 16,
  /** Fields that an answer may have, lists counted with the length that was asked for. */
  cost: 500_000,
  /** Bytes of a request's body, and of a WebSocket message. */
  messageBytes: 1024 * 1024,
  /** Bytes of answers that a WebSocket may leave unread; with more, none of its messages is looked at. */
  unreadBytes: 8 * 1024 * 1024,
  /** Operations that one WebSocket has going at a time; those whose answers wait to be read count as well. */
  operationsPerSocket: 2000,
} as const;
