/** What a console shows of its newest instances, as this API is asked for it. */
export const OWN_PAGE = `{
  instances(first: 20) {
    nodes {
      id name namespace state health postgresVersion storageGib createdAt
      labels { key value }
      images(first: 5) { nodes { id name state method sizeBytes createdAt } }
      operations(first: 5) {
        nodes {
          id kind state percent requestedBy createdAt startedAt finishedAt
          steps { position name state attempt startedAt finishedAt }
          jobs { id name state attempts startedAt finishedAt }
        }
      }
    }
  }
}`;

/** The same, as PostGraphile names it. */
export const PEER_PAGE = `{
  allInstances(first: 20, orderBy: CREATED_AT_DESC) {
    nodes {
      rowId name namespace state health postgresVersion storageGib createdAt
      labels
      imagesBySourceInstanceId(first: 5, orderBy: CREATED_AT_DESC) { nodes { rowId name state method sizeBytes createdAt } }
      operationsByInstanceId(first: 5, orderBy: CREATED_AT_DESC) {
        nodes {
          rowId kind state percent requestedBy createdAt startedAt finishedAt
          operationStepsByOperationId { nodes { position name state attempt startedAt finishedAt } }
          jobsByOperationId { nodes { rowId name state attempts startedAt finishedAt } }
        }
      }
    }
  }
}`;

type Fields = Readonly<Record<string, unknown>>;
interface Nodes {
  readonly nodes: readonly Fields[];
}

const MOMENTS = ['createdAt', 'startedAt', 'finishedAt'] as const;

/** One way to write ids, moments and sizes, which both write in another. */
function plain({ rowId, ...row }: Fields): Fields {
  const moments = MOMENTS.flatMap((name) => {
    const moment = row[name];
    return typeof moment === 'string' ? [[name, new Date(moment).toISOString()] as const] : [];
  });
  const sizes = 'sizeBytes' in row ? { sizeBytes: Number(row.sizeBytes) } : {};
  return { ...(rowId === undefined ? {} : { id: rowId }), ...row, ...Object.fromEntries(moments), ...sizes };
}

/** An operation of either, given its steps and jobs. */
function operationOf(row: Fields, steps: readonly Fields[], jobs: readonly Fields[]): Fields {
  return { ...plain(row), steps: steps.map(plain), jobs: jobs.map(plain) };
}

/** The data of an answer to `OWN_PAGE`, to hold against the other's. */
export function readOwn(data: unknown): readonly Fields[] {
  const { instances } = data as { readonly instances: Nodes };
  return instances.nodes.map(({ labels, images, operations, ...row }) => ({
    ...plain(row),
    labels: Object.fromEntries((labels as { key: string; value: string }[]).map(({ key, value }) => [key, value])),
    images: (images as Nodes).nodes.map(plain),
    operations: (operations as Nodes).nodes.map(({ steps, jobs, ...of }) =>
      operationOf(of, steps as Fields[], jobs as Fields[]),
    ),
  }));
}

/** The same of an answer to `PEER_PAGE`. */
export function readPeer(data: unknown): readonly Fields[] {
  const { allInstances } = data as { readonly allInstances: Nodes };
  return allInstances.nodes.map(({ labels, imagesBySourceInstanceId, operationsByInstanceId, ...row }) => ({
    ...plain(row),
    labels: typeof labels === 'string' ? JSON.parse(labels) : labels,
    images: (imagesBySourceInstanceId as Nodes).nodes.map(plain),
    operations: (operationsByInstanceId as Nodes).nodes.map(
      ({ operationStepsByOperationId, jobsByOperationId, ...of }) =>
        operationOf(of, (operationStepsByOperationId as Nodes).nodes, (jobsByOperationId as Nodes).nodes),
    ),
  }));
}
