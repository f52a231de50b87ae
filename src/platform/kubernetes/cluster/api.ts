import { type Dispatcher, request } from 'undici';
import { invalidInput } from '../../../../schema/errors.ts';
import type { Connection } from './connection.ts';
import { type ApiStatus, isStatus, translateAnswer, translateSilence } from './errors.ts';
import { type Kind, type Kinds, type KubeObject, type Manifest, pathOf } from './objects.ts';

export const FIELD_MANAGER = 'toygres';
const CALL_MS = 30_000;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface Call {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** What is asked, as the beginning of a sentence. */
  readonly what: string;
  /** How long the stream of an answer may be silent; 0: for ever. */
  readonly silenceMs?: number;
}

export interface ListOf<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export interface RemoveOptions {
  /** Only this very object; one of the same name that was made meanwhile stays. */
  readonly uid?: string | undefined;
}

/** Kinds of the whole cluster that objects name. */
const CLASS_PATHS = {
  StorageClass: '/apis/storage.k8s.io/v1/storageclasses',
  PriorityClass: '/apis/scheduling.k8s.io/v1/priorityclasses',
} as const;
export type ClusterClassKind = keyof typeof CLASS_PATHS;

/** One of them. */
export interface ClusterClass {
  readonly name: string;
  readonly isDefault: boolean;
}

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** The calls of the API server that this platform makes, and no others. All throw AppError, translated at this edge. */
export interface KubernetesApi {
  readonly server: string;
  /** Null when it is absent. */
  read<K extends Kind>(kind: K, namespace: string, name: string): Promise<Kinds[K] | null>;
  list<K extends Kind>(kind: K, namespace: string, query: Query): Promise<ListOf<Kinds[K]>>;
  /** Creates it, or makes the fields that it names so; again: no effect. */
  apply<K extends Kind>(manifest: Manifest<K>): Promise<Kinds[K]>;
  /** Null when one of that name exists already, whatever it holds. */
  create<K extends Kind>(manifest: Manifest<K>): Promise<Kinds[K] | null>;
  /** Merges the change into it; null when it is absent. */
  patch<K extends Kind>(kind: K, namespace: string, name: string, change: unknown): Promise<Kinds[K] | null>;
  /** Asks for its end and that of all it owns; false when it was absent. What is left goes in the background. */
  remove(kind: Kind, namespace: string, name: string, options?: RemoveOptions): Promise<boolean>;
  /** The body of a watch or a log, which may stay open for hours. The caller reads it to its end or destroys it. */
  stream(
    what: string,
    path: string,
    query: Query,
    options: { readonly signal: AbortSignal; readonly silenceMs: number },
  ): Promise<AsyncIterable<Buffer>>;
  /** The classes of the cluster; null where this account may not list them. */
  listClasses(kind: ClusterClassKind): Promise<readonly ClusterClass[] | null>;
  /** The namespace itself; its id is no other's, ever. */
  readNamespace(namespace: string): Promise<KubeObject>;
  /** Calls made so far, streams as one each. */
  readonly calls: number;
  stop(): Promise<void>;
}

function buildQuery(query: Query = {}): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
}

async function readStatus(response: Dispatcher.ResponseData): Promise<ApiStatus> {
  const text = await response.body.text().catch(() => '');
  const known = { status: response.statusCode, reason: 'Unknown', message: text.slice(0, 2000), causes: [] };
  try {
    const body = JSON.parse(text) as { reason?: string; message?: string; details?: { causes?: ApiStatus['causes'] } };
    const { reason = known.reason, message = '', details } = body;
    return { ...known, reason, message, causes: details?.causes ?? [] };
  } catch {
    return known;
  }
}

/** The API server behind a connection. */
export function createApi(connection: Connection): KubernetesApi {
  let calls = 0;

  async function send(call: Call, anew = false): Promise<Dispatcher.ResponseData> {
    const { dispatcher, headers } = await connection.open(anew);
    const query = buildQuery(call.query);
    calls += 1;
    const response = await request(`${connection.server}${call.path}${query === '' ? '' : `?${query}`}`, {
      dispatcher,
      method: call.method,
      headers: {
        ...headers,
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: call.signal ?? AbortSignal.timeout(CALL_MS),
      bodyTimeout: call.silenceMs ?? CALL_MS,
    });
    if (response.statusCode < 300) return response;
    const answer = await readStatus(response);
    if (answer.status === 401 && !anew) return send(call, true);
    throw translateAnswer(call.what, answer);
  }

  async function ask<T>(call: Call): Promise<T> {
    try {
      return (await (await send(call)).body.json()) as T;
    } catch (error) {
      throw translateSilence(connection.server, error);
    }
  }

  /** Any other name could lead to another object: `..` is the one above. */
  const one = (kind: Kind, namespace: string, name: string) => {
    if (NAME.test(name)) return `${pathOf(kind, namespace)}/${name}`;
    throw invalidInput('name', 'a name that Kubernetes allows', `"${name.slice(0, 80)}" can be no name of a ${kind}.`);
  };
  const absentAs =
    <T>(value: T, status = 404) =>
    (error: unknown): T => {
      if (isStatus(error, status) && error.code !== 'STEP_FAILED') return value;
      throw error;
    };

  return {
    server: connection.server,
    get calls() {
      return calls;
    },

    read: <K extends Kind>(kind: K, namespace: string, name: string) =>
      ask<Kinds[K]>({ method: 'GET', path: one(kind, namespace, name), what: `Reading ${kind} ${name}` }).catch(
        absentAs(null),
      ),

    list: async <K extends Kind>(kind: K, namespace: string, query: Query) => {
      const items: Kinds[K][] = [];
      let resourceVersion = '';
      let next: string | undefined;
      do {
        const page = await ask<{ items: Kinds[K][]; metadata: { resourceVersion: string; continue?: string } }>({
          method: 'GET',
          path: pathOf(kind, namespace),
          query: { ...query, limit: 500, continue: next },
          what: `Listing ${kind}s`,
        });
        items.push(...page.items);
        ({ resourceVersion, continue: next } = page.metadata);
      } while (next);
      return { items, resourceVersion };
    },

    apply: <K extends Kind>({ kind, namespace, name, body }: Manifest<K>) =>
      ask<Kinds[K]>({
        method: 'PATCH',
        path: one(kind, namespace, name),
        query: { fieldManager: FIELD_MANAGER, force: true },
        body,
        contentType: 'application/apply-patch+yaml',
        what: `Making ${kind} ${name}`,
      }),

    create: <K extends Kind>({ kind, namespace, name, body }: Manifest<K>) =>
      ask<Kinds[K]>({
        method: 'POST',
        path: pathOf(kind, namespace),
        query: { fieldManager: FIELD_MANAGER },
        body,
        what: `Making ${kind} ${name}`,
      }).catch(absentAs(null, 409)),

    patch: <K extends Kind>(kind: K, namespace: string, name: string, change: unknown) =>
      ask<Kinds[K]>({
        method: 'PATCH',
        path: one(kind, namespace, name),
        query: { fieldManager: FIELD_MANAGER },
        body: change,
        contentType: 'application/merge-patch+json',
        what: `Changing ${kind} ${name}`,
      }).catch(absentAs(null)),

    remove: (kind, namespace, name, { uid } = {}) =>
      ask<KubeObject>({
        method: 'DELETE',
        path: one(kind, namespace, name),
        body: { propagationPolicy: 'Background', ...(uid === undefined ? {} : { preconditions: { uid } }) },
        what: `Removing ${kind} ${name}`,
      }).then(
        () => true,
        (error: unknown) => {
          // 409: another one has that name by now.
          if (isStatus(error, 404) || isStatus(error, 409)) return false;
          throw error;
        },
      ),

    stream: async (what, path, query, { signal, silenceMs }) => {
      try {
        return (await send({ method: 'GET', path, query, what, signal, silenceMs })).body;
      } catch (error) {
        throw translateSilence(connection.server, error);
      }
    },

    listClasses: async (kind) => {
      const what = `Listing ${kind}es`;
      const found = await ask<{ items: KubeObject[] }>({ method: 'GET', path: CLASS_PATHS[kind], what }).catch(
        (error: unknown) => {
          if (isStatus(error, 403)) return null;
          throw error;
        },
      );
      return (
        found?.items.map(({ metadata: { name, annotations = {} } }) => ({
          name,
          isDefault: annotations[DEFAULT_CLASS] === 'true',
        })) ?? null
      );
    },

    readNamespace: (namespace) => {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
      return ask<KubeObject>({ method: 'GET', path, what: `Reading the namespace ${namespace}` });
    },

    stop: () => connection.stop(),
  };
}
