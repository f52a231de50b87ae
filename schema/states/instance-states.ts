import { enumOf } from './enum-of.ts';

export const INSTANCE_STATES = ['CREATING', 'RUNNING', 'STOPPED', 'DELETING', 'DELETED', 'FAILED'] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];
export const InstanceState = enumOf(
  'InstanceState',
  'Where an instance is in its life. FAILED: creation never completed and its objects are removed.',
  INSTANCE_STATES,
  {
    CREATING: 'Its objects are being made; no connection is taken yet.',
    RUNNING: 'The server is up and took a connection.',
    STOPPED: 'The server is down, its data is kept.',
    DELETING: 'It is being removed with its data; a failed deletion stays here and can be asked for again.',
    DELETED: 'Gone with its data; only this record is left.',
    FAILED: 'It never came to life and what was made of it is removed.',
  },
);

export const EXPOSURES = ['INTERNAL', 'PUBLIC'] as const;
export type Exposure = (typeof EXPOSURES)[number];
export const Exposure = enumOf(
  'Exposure',
  'INTERNAL: reachable where the platform runs. PUBLIC: through a load balancer, with a DNS label where the cloud has them.',
  EXPOSURES,
  {
    INTERNAL: 'Only from where the platform runs.',
    PUBLIC: 'From outside, through a load balancer.',
  },
);

export const TAINT_EFFECTS = ['NO_SCHEDULE', 'PREFER_NO_SCHEDULE', 'NO_EXECUTE'] as const;
export type TaintEffect = (typeof TAINT_EFFECTS)[number];
export const TaintEffect = enumOf(
  'TaintEffect',
  'What a taint of a node of Kubernetes does to what does not tolerate it.',
  TAINT_EFFECTS,
  {
    NO_SCHEDULE: 'Nothing new is put there.',
    PREFER_NO_SCHEDULE: 'Something new is put there where nothing else is free.',
    NO_EXECUTE: 'Nothing stays there either.',
  },
);

export const HEALTH_STATUSES = ['HEALTHY', 'UNHEALTHY', 'UNKNOWN'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];
export const HealthStatus = enumOf(
  'HealthStatus',
  'What the last health check found; UNKNOWN before the first, and while the instance is not RUNNING.',
  HEALTH_STATUSES,
  {
    HEALTHY: 'The last check found nothing wrong.',
    UNHEALTHY: 'The last check found something wrong.',
    UNKNOWN: 'Not checked yet, or not meant to run.',
  },
);

export const LOGINS = ['SUPERUSER', 'OWNER'] as const;
export type Login = (typeof LOGINS)[number];
export const Login = enumOf('Login', 'Which login of an instance.', LOGINS, {
  SUPERUSER: 'The one that may do everything on the server. For administrators.',
  OWNER: 'The role `app`, which owns the database `app` and is no superuser. For people and programs.',
});

/** The states in which an instance has, or is about to have, a server that is to be kept. */
export const LIVE_INSTANCE_STATES = ['CREATING', 'RUNNING', 'STOPPED'] as const satisfies readonly InstanceState[];
