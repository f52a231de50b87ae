const LOOPBACK = ['localhost', '127.0.0.1', '::1', '[::1]'];

/**
 * Takes out of an environment what libraries of ours would read of it though no setting of Toygres says so: the variables of
 * PostgreSQL's clients reach a psql that its user starts, and no connection of ours. What listens on this machine's own
 * loopback is reached past every proxy. Changes what it is given: libraries read the process's own.
 */
export function keepToOwnSettings(environment: Record<string, string | undefined>): void {
  for (const name of Object.keys(environment)) if (/^PG[A-Z]+$/.test(name)) delete environment[name];
  const excepted = (environment.NO_PROXY ?? environment.no_proxy ?? '').split(',').map((name) => name.trim());
  delete environment.no_proxy;
  environment.NO_PROXY = [...new Set([...excepted, ...LOOPBACK])].filter((name) => name !== '').join(',');
}
