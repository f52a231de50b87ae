interface Page<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
}

/** All rows of a list, page after page. */
export async function readAll<Row>(readPage: (after: string | null) => Promise<Page<Row>>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo } = await readPage(after);
    rows.push(...nodes);
    if (!pageInfo.hasNextPage || !pageInfo.endCursor) return rows;
    after = pageInfo.endCursor;
  }
}
