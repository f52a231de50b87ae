/** The path below which people reach the server, where a proxy gives it one. */
export interface PathPrefix {
  /** Without a slash at its end; empty where there is none. */
  readonly path: string;
  /** What is asked for of this server: the path behind the prefix, or the whole for what came without, as some proxies send it. */
  strip(url: string): string;
}

/** Of the URL where people reach the server; null is no prefix. */
export function createPathPrefix(publicUrl: string | null): PathPrefix {
  const path = publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');
  return {
    path,
    strip(url) {
      if (path === '' || !url.startsWith(path)) return url;
      const rest = url.slice(path.length);
      if (rest === '' || rest.startsWith('?')) return `/${rest}`;
      return rest.startsWith('/') ? rest : url;
    },
  };
}
