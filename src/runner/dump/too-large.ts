/**
 * What a server says where a line of COPY would be more than the gigabyte that it holds of one, and of a value that is more: 15 and
 * 16 begin with "out of memory", and say so in the detail. With another detail its memory is short, which passes.
 */
const TOO_LARGE =
  /invalid memory alloc request size|cannot enlarge string buffer|string buffer exceeds maximum allowed length/i;

/** Whether no dump can ever hold what it failed of, by the cause that pg_dump told with the server's detail. */
export function isTooLarge(cause: string): boolean {
  return TOO_LARGE.test(cause);
}
