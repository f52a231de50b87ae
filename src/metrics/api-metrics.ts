import type { Meter } from '@opentelemetry/api';
import { ERROR_CODES } from '../../schema/errors.ts';
import { QUICK_SECONDS } from './buckets.ts';

/** The codes of graphql's own refusals, beside those of ours. */
const GRAPHQL_CODES = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];
const LOGIN_REFUSALS = ['credentials', 'attempts'] as const;

/** One request that was answered over HTTP. */
export interface AnsweredRequest {
  /** One of the paths that are served, or `other`: clients do not choose it. */
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

/** What the API of this process tells of its requests. */
export interface ApiMetrics {
  /** An API is about to be served: its counters show 0 from now on, so that their first step is seen. */
  begin(): void;
  answered(request: AnsweredRequest): void;
  /** An error was shown to a client, under this code. */
  refused(code: string): void;
  /** A sign-in was refused: for its credentials, or for too many attempts. */
  loginRefused(reason: (typeof LOGIN_REFUSALS)[number]): void;
}

/** Counts what is asked of this process. */
export function createApiMetrics(meter: Meter): ApiMetrics {
  const requests = meter.createHistogram('toygres_http_request_duration_seconds', {
    description: 'How long requests over HTTP took to be answered.',
    advice: { explicitBucketBoundaries: QUICK_SECONDS },
  });
  const errors = meter.createCounter('toygres_api_errors_total', {
    description: 'Errors that clients were shown, by code, over HTTP and WebSocket.',
  });
  const logins = meter.createCounter('toygres_logins_refused_total', {
    description: 'Sign-ins that were refused, for their credentials or for too many attempts.',
  });
  return {
    begin() {
      for (const code of [...ERROR_CODES, ...GRAPHQL_CODES]) errors.add(0, { code });
      for (const reason of LOGIN_REFUSALS) logins.add(0, { reason });
    },
    loginRefused: (reason) => logins.add(1, { reason }),
    answered: ({ seconds, status, ...labels }) => requests.record(seconds, { ...labels, status: String(status) }),
    refused: (code) => errors.add(1, { code }),
  };
}
