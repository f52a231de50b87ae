import { AppError, type ErrorCode } from '../../../../schema/errors.ts';

/** What the API server says of a call that it did not do. Its text can quote what was sent, so it stays inside. */
export interface ApiStatus {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly field?: string; readonly message?: string }[];
}

/** A refusal of the API server in words for users; `status` and `reason` are for decisions inside this room. */
export class ApiError extends AppError {
  readonly status: number;
  readonly reason: string;

  constructor(code: ErrorCode, message: string, { status, reason }: ApiStatus) {
    super(code, message, { cause: new Error(`the API server answered ${status} ${reason}`) });
    this.status = status;
    this.reason = reason;
  }
}

const FORBIDDEN =
  /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?/;
const QUOTA = /exceeded quota: (.*)$/s;
const POD_SECURITY = /violates PodSecurity "([^"]*)": (.*)$/s;

/** An admission refusal in words: a quota, the Pod Security level, whatever else says no. Null when it is none of these. */
export function describeAdmission(message: string): string | null {
  const quota = QUOTA.exec(message);
  if (quota !== null) return `The quota of the namespace does not allow it: exceeded quota ${quota[1]}.`;
  const security = POD_SECURITY.exec(message);
  if (security !== null) return `The Pod Security level ${security[1]} of the namespace forbids it: ${security[2]}.`;
  const webhook = /admission webhook "([^"]*)" denied the request(.*)$/s.exec(message);
  if (webhook !== null) return `The admission webhook ${webhook[1]} refuses it${webhook[2]}.`;
  const priority = /no PriorityClass with name (\S+) was found/.exec(message);
  if (priority !== null) return `This cluster has no PriorityClass ${priority[1]}.`;
  const limit = /(minimum|maximum) (cpu|memory|storage|ephemeral-storage) usage per .*$/s.exec(message);
  if (limit !== null) return `A LimitRange of the namespace forbids it: ${limit[0]}.`;
  return null;
}

function describeForbidden(what: string, answer: ApiStatus): ApiError {
  const right = FORBIDDEN.exec(answer.message);
  if (right !== null) {
    const [, user, verb, resource, group, namespace] = right;
    const groupWords = group ? ` of ${group}` : '';
    return new ApiError(
      'STEP_FAILED',
      `The account ${user} may not ${verb} ${resource}${groupWords}${namespace ? ` in namespace ${namespace}` : ''}: ` +
        `add the verb ${verb} on ${resource} to its Role.`,
      answer,
    );
  }
  const admission = describeAdmission(answer.message);
  if (admission !== null) return new ApiError('STEP_FAILED', `${what} was refused. ${admission}`, answer);
  if (/being terminated/.test(answer.message)) {
    return new ApiError('STEP_FAILED', `${what} was refused: the namespace is being deleted.`, answer);
  }
  if (/only dynamically provisioned pvc can be resized/.test(answer.message)) {
    return new ApiError(
      'STEP_FAILED',
      'The storage class does not let its volumes grow (allowVolumeExpansion): restore an image into a larger instance.',
      answer,
    );
  }
  return new ApiError('STEP_FAILED', `${what} was refused by the cluster's admission control.`, answer);
}

/** An answer other than success as an error. `what` says what was asked, as the beginning of a sentence; never a secret. */
export function translateAnswer(what: string, answer: ApiStatus): ApiError {
  const { status, reason } = answer;
  switch (true) {
    case status === 401:
      return new ApiError(
        'UNAVAILABLE',
        'The API server refuses the login: renew the credentials of the kubeconfig or the service account.',
        answer,
      );
    case status === 403:
      return describeForbidden(what, answer);
    case status === 404 && /namespaces "/.test(answer.message):
      return new ApiError('STEP_FAILED', `${what} failed: the namespace does not exist; create it first.`, answer);
    case status === 404:
      return new ApiError('NOT_FOUND', `${what} failed: there is no such object.`, answer);
    case status === 409:
      return new ApiError('UNAVAILABLE', `${what} met a change by somebody else: try again.`, answer);
    case status === 422: {
      // The texts of causes quote values; only which fields they are about goes further.
      const fields = answer.causes.map((cause) => cause.field).filter((field) => field !== undefined);
      return new ApiError('STEP_FAILED', `${what} was refused as invalid: ${fields.join(', ') || reason}.`, answer);
    }
    case status === 408 || status === 429 || status >= 500:
      return new ApiError('UNAVAILABLE', `The API server cannot do it now (${status} ${reason}): try again.`, answer);
    default:
      return new ApiError('STEP_FAILED', `${what} failed: the API server answered ${status} ${reason}.`, answer);
  }
}

/** A call that got no answer. */
export function translateSilence(server: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = findCode(error);
  return new AppError(
    'UNAVAILABLE',
    `The API server ${server} does not answer (${code}): check that the cluster runs and that KUBECONFIG is right.`,
    { cause: new Error(`no answer: ${code}`) },
  );
}

function findCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.name : findCode(error.cause);
}

export function isStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}
