import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import pg from 'pg';
import type { ServerLogin } from './server-facts.ts';

const readText = async (file: string) => (await readFile(file, 'utf8')).trim();

/** The container that holds the images of a standalone server, reached as whoever can read its home could. */
export async function openImages(home: string): Promise<ContainerClient> {
  const directory = path.join(home, 'state/azurite');
  const key = await readText(path.join(directory, 'account-key'));
  const { port } = JSON.parse(await readText(path.join(directory, 'server.json'))) as { port: number };
  const endpoint = `http://127.0.0.1:${port}/toygres`;
  const login = `DefaultEndpointsProtocol=http;AccountName=toygres;AccountKey=${key};BlobEndpoint=${endpoint};`;
  return BlobServiceClient.fromConnectionString(login).getContainerClient('images');
}

/** The names of all blobs below the prefix. */
export async function listBlobs(container: ContainerClient, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix })) names.push(name);
  return names;
}

/** The login to the records of a standalone server. */
export async function readRecordsLogin(home: string): Promise<ServerLogin> {
  const directory = path.join(home, 'state/cms');
  const { port } = JSON.parse(await readText(path.join(directory, 'server.json'))) as { port: number };
  return { host: '127.0.0.1', port, user: 'toygres', password: await readText(path.join(directory, 'password')) };
}

/** Runs statements on a server as its users do, and answers with the rows of the last one. */
export async function query(
  login: ServerLogin,
  database: string,
  sql: string,
  values?: readonly unknown[],
): Promise<Record<string, unknown>[]> {
  // Whatever a role is set to must not keep a test from filling its server.
  const options = '-c default_transaction_read_only=off -c search_path=public -c statement_timeout=0';
  const client = new pg.Client({ ...login, database, options });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const answer = await client.query<Record<string, unknown>>(sql, values === undefined ? undefined : [...values]);
    return (Array.isArray(answer) ? (answer as pg.QueryResult<Record<string, unknown>>[]).at(-1) : answer)?.rows ?? [];
  } finally {
    await client.end();
  }
}
