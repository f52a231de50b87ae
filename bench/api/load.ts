import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';

/** A server of GraphQL, and the document that it is asked. */
export interface Asked {
  readonly url: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How fast a server answered. */
export interface Load {
  readonly answers: number;
  readonly seconds: number;
}

async function ask({ url, query, headers }: Asked, agent: Agent): Promise<Buffer> {
  const body = JSON.stringify({ query });
  const length = String(Buffer.byteLength(body));
  const asked = request(url, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json', 'content-length': length, accept: 'application/json', ...headers },
  });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  response.on('data', (part: Buffer) => parts.push(part));
  await once(response, 'end');
  const answer = Buffer.concat(parts);
  if (response.statusCode !== 200) throw new Error(`answered with ${response.statusCode}: ${answer.subarray(0, 500)}`);
  return answer;
}

/** The data of one answer. Throws where there are errors. */
export async function readData(asked: Asked): Promise<unknown> {
  const agent = new Agent();
  try {
    const { data, errors } = JSON.parse(String(await ask(asked, agent)));
    if (errors !== undefined) throw new Error(`answered with errors: ${JSON.stringify(errors).slice(0, 500)}`);
    return data;
  } finally {
    agent.destroy();
  }
}

/**
 * Asks over so many connections, each as soon as it has its answer, for so long. Every answer must have as many bytes as the
 * first one.
 */
export async function putLoad(asked: Asked, connections: number, seconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  try {
    const { length } = await ask(asked, agent);
    const begunAt = performance.now();
    const until = begunAt + seconds * 1000;
    let answers = 0;
    const goOn = async () => {
      while (performance.now() < until) {
        const answer = await ask(asked, agent);
        if (answer.length !== length) throw new Error(`an answer had ${answer.length} bytes, and the first ${length}`);
        answers += 1;
      }
    };
    await Promise.all(Array.from({ length: connections }, goOn));
    return { answers, seconds: (performance.now() - begunAt) / 1000 };
  } finally {
    agent.destroy();
  }
}
