import { findProxyFaults, readProxies } from '../machine/proxies.ts';

const OF_PROXIES = /^(https?|all|no)_proxy$/i;

/**
 * Takes out of an environment what libraries of ours would read of it though no setting of Toygres says so: the variables of
 * PostgreSQL's clients reach a psql that its user starts, and no connection of ours. Those of proxies are written anew as we
 * understand them, for programs that we start (`az`, a plugin of a kubeconfig); what is wrong with them is left, to be told.
 * Changes what it is given: libraries read the process's own.
 */
export function keepToOwnSettings(environment: Record<string, string | undefined>): void {
  for (const name of Object.keys(environment)) if (/^PG[A-Z]+$/.test(name)) delete environment[name];
  if (findProxyFaults(environment).length > 0) return;
  const proxies = readProxies(environment).environment;
  for (const name of Object.keys(environment)) if (OF_PROXIES.test(name)) delete environment[name];
  Object.assign(environment, proxies);
}
