// Runs in the browser, within the page of the IDE: sends queries over HTTP and subscriptions over a WebSocket, both with
// what stands in the Headers tab.

/** The last token that worked, for tabs that have none, as long as the browser's tab is open. */
const KEPT = 'toygres:authorization';

/**
 * What GraphiQL calls to run an operation. It asks for the schema as soon as the page is there, when nobody has given a
 * token yet: that is answered for who has signed in in this browser, else with the first token that anything is sent with.
 * A token that was put into one tab holds for those that have none.
 */
// biome-ignore lint/correctness/noUnusedVariables: the page calls it
function createFetcher(endpoint) {
  const firstLogin = Promise.withResolvers();
  return ({ query, variables, operationName }, { headers = {}, documentAST } = {}) => {
    const request = { query, variables, operationName };
    const known = withKept(headers);
    if (hasToken(known)) firstLogin.resolve(known);
    else if (operationName === 'IntrospectionQuery') {
      return post(endpoint, request, known).then((result) =>
        isUnknown(result) ? firstLogin.promise.then((login) => post(endpoint, request, login)) : result,
      );
    }
    return isSubscription(documentAST, operationName)
      ? asList(subscribe(endpoint, request, known))
      : post(endpoint, request, known).then((result) => explain(result, known));
  };
}

function hasToken(headers) {
  return /^bearer +\S/i.test(readAuthorization(headers));
}

/** The headers of a tab, with the token of another where this one has none; the last one is kept. */
function withKept(headers) {
  if (hasToken(headers)) {
    sessionStorage.setItem(KEPT, readAuthorization(headers));
    return headers;
  }
  const kept = sessionStorage.getItem(KEPT);
  return kept === null ? headers : { ...withoutEmpty(headers), authorization: kept };
}

/** Says where the token goes when there is none, and forgets one that is refused. */
function explain(result, headers) {
  if (!isUnknown(result)) return result;
  if (sessionStorage.getItem(KEPT) === readAuthorization(headers)) sessionStorage.removeItem(KEPT);
  if (hasToken(headers)) return result;
  const message =
    'No token was sent. Put one into the Headers tab below, { "Authorization": "Bearer TOKEN" }, or sign in at the console: ' +
    new URL('./', location.href).href;
  return { errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] };
}

const SHOWN = 200;

/**
 * Each result of a subscription with those before it, the newest first, as one answer that grows. No async generator: that
 * would not let go of a subscription before its next result.
 */
function asList(results) {
  const seen = [];
  let count = 0;
  const put = ({ done, value }) => {
    if (done) return { done, value };
    if (value.errors && !value.data) return { done, value: explain(value, {}) };
    count += 1;
    seen.unshift(value.errors ? value : value.data);
    seen.length = Math.min(seen.length, SHOWN);
    return { done, value: { data: { count, newestFirst: [...seen] } } };
  };
  return {
    next: () => results.next().then(put),
    return: () => results.return(),
    [Symbol.asyncIterator]() {
      return this;
    },
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
