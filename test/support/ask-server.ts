import { expect } from 'vitest';
import type { E2eServer } from './e2e-server.ts';

/** What the server answers to a document, as its administrator asks it; an error in the answer fails the test. */
export async function askServer<Data>(
  { url, token }: E2eServer,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Data> {
  const response = await fetch(url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}
