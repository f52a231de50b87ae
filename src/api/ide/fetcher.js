// Runs in the browser, within the page of the IDE: sends queries over HTTP and subscriptions over a WebSocket, both with
// what stands in the Headers tab.

/**
 * What GraphiQL calls to run an operation. It asks for the schema as soon as the page is there, when nobody has given a
 * token yet: that is answered for who has signed in in this browser, else with the first token that anything is sent with.
 */
// biome-ignore lint/correctness/noUnusedVariables: the page calls it
function createFetcher(endpoint) {
  const firstLogin = Promise.withResolvers();
  return ({ query, variables, operationName }, { headers = {}, documentAST } = {}) => {
    const request = { query, variables, operationName };
    const login = /^bearer +\S/i.test(readAuthorization(headers));
    if (login) firstLogin.resolve(headers);
    else if (operationName === 'IntrospectionQuery') {
      return post(endpoint, request, headers).then((result) =>
        isUnknown(result) ? firstLogin.promise.then((known) => post(endpoint, request, known)) : result,
      );
    }
    return isSubscription(documentAST, operationName)
      ? subscribe(endpoint, request, headers)
      : post(endpoint, request, headers);
  };
}

function isUnknown(result) {
  return result.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED';
}

function readAuthorization(headers) {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'authorization');
  return name === undefined ? '' : String(headers[name]);
}

function isSubscription(document, operationName) {
  const operations = document?.definitions.filter((node) => node.kind === 'OperationDefinition') ?? [];
  const asked = operationName ? operations.find((node) => node.name?.value === operationName) : operations[0];
  return asked?.operation === 'subscription';
}

async function post(endpoint, request, headers) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      ...withoutEmpty(headers),
      // Without it the cookie of a session counts for nothing.
      'x-toygres-client': 'ide',
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    },
    body: JSON.stringify(request),
  });
  return response.json();
}

/** "Bearer " with no token behind it is what stands in the Headers tab before one is put there. */
function withoutEmpty(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => !/^bearer *$/i.test(String(value))));
}

/** Speaks graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
function subscribe(endpoint, request, headers) {
  const url = new URL(endpoint, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, 'graphql-transport-ws');
  const waiting = [];
  const ready = [];

  const put = (result) => (waiting.length > 0 ? waiting.shift()(result) : ready.push(result));
  const end = () => put({ done: true, value: undefined });
  const send = (message) => socket.send(JSON.stringify(message));

  socket.onopen = () =>
    send({ type: 'connection_init', payload: withoutEmpty({ authorization: readAuthorization(headers) }) });
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: request });
    else if (message.type === 'ping') send({ type: 'pong' });
    else if (message.type === 'next') put({ done: false, value: message.payload });
    else if (message.type === 'error') put({ done: false, value: { errors: message.payload } });
    if (message.type === 'error' || message.type === 'complete') socket.close(1000);
  };
  socket.onclose = ({ code, reason }) => {
    const message = `the connection was closed: ${reason || 'no reason given'} (${code})`;
    if (code !== 1000) put({ done: false, value: { errors: [{ message }] } });
    end();
  };

  return {
    next: () => (ready.length > 0 ? Promise.resolve(ready.shift()) : new Promise((resolve) => waiting.push(resolve))),
    return: async () => {
      socket.close(1000);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
