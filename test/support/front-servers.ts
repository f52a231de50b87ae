import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** A proxy in front of the API, as an installation has one. */
export interface FrontServer {
  /** Without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Where a program of Debian's is; null: it is not installed. */
export function findProgram(name: string): string | null {
  try {
    return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], {
      encoding: 'utf8',
      env: { PATH: `${process.env.PATH}:/usr/sbin` },
    }).trim();
  } catch {
    return null;
  }
}

async function start(command: readonly string[], directory: string, url: string): Promise<FrontServer> {
  const [program = '', ...args] = command;
  const child: ChildProcess = spawn(program, args, {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-4000);
  });
  const exited = once(child, 'exit');
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${said}`);
    return fetch(`${url}/health`).then(
      ({ status }) => status,
      () => 0,
    );
  };
  await eventually(answers, (status) => status === 200);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** nginx with a configuration as the documentation has it, without TLS, on a free port. `prefix`: the path it is below. */
export async function startNginx(configuration: string, apiPort: number, prefix = ''): Promise<FrontServer> {
  const directory = await mkdtemp('/tmp/toygres-nginx-');
  const port = await freePort();
  const place = (name: string) => `${name}_temp_path ${directory}/${name};`;
  const http = configuration
    .replace('127.0.0.1:8080', `127.0.0.1:${apiPort}`)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/^ *ssl_certificate.*\n/gm, '')
    .replace('location / {', `location ${prefix}/ {`)
    .replace('http://toygres;', prefix === '' ? 'http://toygres;' : 'http://toygres/;');
  await writeFile(
    path.join(directory, 'nginx.conf'),
    `daemon off; pid ${directory}/pid; error_log stderr warn; user root;
     events { worker_connections 512; }
     http { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(place).join(' ')}\n${http}\n}\n`,
  );
  const program = findProgram('nginx') ?? 'nginx';
  const command = [program, '-p', directory, '-c', path.join(directory, 'nginx.conf'), '-e', 'stderr'];
  return start(command, directory, `http://127.0.0.1:${port}${prefix}`);
}

/** Caddy, in the same way. */
export async function startCaddy(configuration: string, apiPort: number, prefix = ''): Promise<FrontServer> {
  const directory = await mkdtemp('/tmp/toygres-caddy-');
  await mkdir(path.join(directory, 'caddy'), { recursive: true });
  const port = await freePort();
  const site = configuration
    .replace('127.0.0.1:8080', `127.0.0.1:${apiPort}`)
    .replace(/^\S*example\.com \{/m, `http://127.0.0.1:${port} {\nbind 127.0.0.1`);
  await writeFile(path.join(directory, 'Caddyfile'), `{\n  admin off\n}\n${site}`);
  const command = [findProgram('caddy') ?? 'caddy', 'run', '--config', 'Caddyfile', '--adapter', 'caddyfile'];
  return start(command, directory, `http://127.0.0.1:${port}${prefix}`);
}
