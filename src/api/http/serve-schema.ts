import type { RequestHandler } from 'express';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';

/** Answers with the schema as text. It is the same for everybody and holds no data, so it needs no login. */
export function serveSchema(schema: GraphQLSchema): RequestHandler {
  let printed: string | undefined;
  return (_request, response) => {
    printed ??= `${printSchema(lexicographicSortSchema(schema))}\n`;
    response.type('text/plain; charset=utf-8').send(printed);
  };
}
