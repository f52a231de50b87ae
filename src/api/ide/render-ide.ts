import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The page, and what it needs to be allowed. */
export interface IdePage {
  readonly html: string;
  /** The Content-Security-Policy under which it works and reaches no other server. */
  readonly policy: string;
}

const DEFAULT_QUERY = `# Put a token into the Headers tab below, unless you have signed in in this browser:
#   { "Authorization": "Bearer TOKEN" }
# The documentation comes with the first query.

query Instances {
  instances(first: 10) {
    nodes {
      id
      name
      state
      endpoint { connectionString }
    }
    totalCount
  }
}

subscription Follow {
  operationChanged { id kind state percent }
}
`;

const FETCHER_PLACE = 'TOYGRES_FETCHER';
/** What it keeps, a token that stands in a tab among it, is gone with the tab of the browser. */
const STORAGE_PLACE = 'TOYGRES_STORAGE';

const OPTIONS = {
  title: 'Toygres',
  endpoint: '/graphql',
  defaultQuery: DEFAULT_QUERY,
  headers: '{ "Authorization": "Bearer " }',
  defaultEditorToolsVisibility: 'headers',
  shouldPersistHeaders: false,
  inputValueDeprecation: true,
  fetcher: FETCHER_PLACE,
  storage: STORAGE_PLACE,
} as const;

/**
 * Renders GraphiQL as one page that loads nothing else and is sent in less than a megabyte, with a fetcher of ours: the one it comes with does not send what
 * is in the Headers tab along with subscriptions, and goes to the path that the page itself came from, which a proxy may
 * have put below another.
 */
export async function renderIde(): Promise<IdePage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const fetcher = await readFile(new URL('./fetcher.js', import.meta.url), 'utf8');
  const rendered = renderGraphiQL(OPTIONS).replace(JSON.stringify(STORAGE_PLACE), 'sessionStorage');
  const [before, after, ...more] = rendered.split(JSON.stringify(FETCHER_PLACE));
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error('the IDE has no place for a fetcher');
  const html = `${before}(() => {\n${fetcher}\nreturn createFetcher(location.pathname);\n})()${after}`;
  return { html, policy: buildPolicy(html) };
}

/** Allows the page's own scripts by their hashes, and connections to the server that it came from. */
function buildPolicy(html: string): string {
  const hashes = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
