export { apiTokens, auditEntries, loginAttempts, sessions, users } from './access.ts';
export { cms } from './cms.ts';
export { idempotencyKeys } from './idempotency-keys.ts';
export { imageFiles, images } from './images.ts';
export { instances } from './instances.ts';
export { jobs, operationEvents, operationSteps, operations, operationUndoSteps } from './operations.ts';
export { scheduledImages, scheduleRuns, schedules } from './schedules.ts';
export { drift, healthChecks, leases } from './upkeep.ts';
export { workers } from './workers.ts';
