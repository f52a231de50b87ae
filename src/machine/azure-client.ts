import { createDefaultHttpClient, type HttpClient, RestError } from '@azure/core-rest-pipeline';
import type { StoreConnections } from './store-connections.ts';

const transport = createDefaultHttpClient();

/**
 * Has whoever signs in to Azure use these connections: for credentials, of which some take no policy. Who was silent is not
 * asked again here: a managed identity is, six times.
 */
export function createAzureClient(connections: StoreConnections): HttpClient {
  return {
    async sendRequest(request) {
      request.agent = connections.agentFor(request.url);
      try {
        return await transport.sendRequest(request);
      } catch (error) {
        if (!(error instanceof RestError) || error.code !== 'ETIMEDOUT') throw error;
        throw Object.assign(new RestError(error.message, { code: RestError.REQUEST_SEND_ERROR, request }), {
          cause: error,
        });
      }
    },
  };
}

/** How long `az account get-access-token` and its like may take. */
export const AZURE_PROGRAM_MS = 30_000;
