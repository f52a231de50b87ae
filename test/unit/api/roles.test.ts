import { parse, subscribe, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../../resolvers/context.ts';
import { createResolverContainer } from '../../../resolvers/services.ts';
import type { Role } from '../../../schema/states.ts';
import { readSchema } from '../../../src/api/schema.ts';
import { codes, run } from '../../support/api-execution.ts';
import { fakeServices } from '../../support/api-fakes.ts';
import { listDocuments } from '../../support/root-documents.ts';

const schema = readSchema();

describe('a caller without any role', () => {
  const nobody = 'NOBODY' as unknown as Role;
  const services = fakeServices();

  const documents = [...listDocuments(schema.getQueryType()), ...listDocuments(schema.getMutationType())];

  // Signing in is for those who have none yet.
  it.each(documents.filter(([name]) => name !== 'login'))('gets nothing from %s', async (_name, document) => {
    expect(validate(schema, parse(document))).toEqual([]);
    expect(codes(await run(services, document, { role: nobody }))).toEqual(['FORBIDDEN']);
  });

  it.each(listDocuments(schema.getSubscriptionType()))('can follow nothing by %s', async (_name, document) => {
    const caller = { kind: 'USER', id: null, name: 'nobody', role: nobody } as const;
    const contextValue = createContext(services, createResolverContainer(services), caller);
    const result = await subscribe({ schema, document: parse(document), contextValue });
    expect(result).toMatchObject({ errors: [{ originalError: { code: 'FORBIDDEN' } }] });
  });
});
