import { open } from 'node:fs/promises';
import { nameProxy } from '../../machine/proxies.ts';
import { JobFailure } from '../attempt/failure.ts';
import type { Login } from './file-mover.ts';

const WORKLOAD = ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE'] as const;

async function canRead(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return false;
  try {
    return (await handle.stat()).size > 0;
  } finally {
    await handle.close();
  }
}

/** How a mover of this environment signs in to the store; throws a final JobFailure that names what is missing. */
export async function readLogin(given: {
  readonly isSigned: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** Through which the store is reached; null: directly. */
  readonly proxy: URL | null;
}): Promise<Login> {
  const { isSigned, environment } = given;
  const proxy = given.proxy === null ? null : nameProxy(given.proxy);
  const way = proxy === null ? '' : `, and reaches it through the proxy ${proxy}`;
  if (isSigned) {
    return { kind: 'signature', description: `The job has a signature for the blob store${way}`, proxy };
  }
  const fail = (text: string) => new JobFailure(text, { final: true });
  const type = environment.AZCOPY_AUTO_LOGIN_TYPE ?? '';
  if (type === '') throw fail('the job has neither a signature for the blob store nor AZCOPY_AUTO_LOGIN_TYPE');
  if (type === 'WORKLOAD') {
    const missing = WORKLOAD.filter((name) => (environment[name] ?? '') === '');
    if (missing.length > 0) throw fail(`not set in the job's pod: ${missing.join(', ')}`);
    const file = environment.AZURE_FEDERATED_TOKEN_FILE ?? '';
    if (!(await canRead(file))) throw fail(`the token file ${file} cannot be read, or is empty`);
  }
  const description = `The job signs in by ${type} as ${environment.AZURE_CLIENT_ID || 'itself'}${way}`;
  return { kind: 'workload identity', description, proxy };
}
