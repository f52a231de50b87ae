import { parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { tidyDocument } from '../../../web/src/format/tidy-document.ts';
import * as generated from '../../../web/src/generated/graphql.ts';

describe('tidyDocument', () => {
  it('moves what stands in braces further in, and sets parts apart', () => {
    const written = `
    query Names($first: Int) {
  instances(first: $first) {
    nodes {
      ...Row
    }
  }
}
    fragment Row on Instance {
  name
}`;
    expect(tidyDocument(written)).toBe(`query Names($first: Int) {
  instances(first: $first) {
    nodes {
      ...Row
    }
  }
}

fragment Row on Instance {
  name
}`);
  });

  it('shows every document of the console as graphql prints it', () => {
    const documents = Object.entries(generated).filter(([name]) => name.endsWith('Document'));
    expect(documents.length).toBeGreaterThan(20);
    for (const [name, document] of documents) {
      expect(tidyDocument(String(document)), name).toBe(print(parse(String(document))));
    }
  });
});
