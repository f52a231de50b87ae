/** The workflows that each suite has workers die in. A workflow of the registry that is in none of them fails a test. */
export const suites: Readonly<
  Record<'instances' | 'images' | 'drills' | 'servers with pg_durable', readonly string[]>
> = {
  instances: [
    'create-instance',
    'restart-instance',
    'stop-instance',
    'start-instance',
    'grow-volume',
    'rotate-credentials',
    'rotate-owner-credentials',
    'delete-instance',
    'delete-instance-after-image',
  ],
  images: [
    'create-image',
    'run-preflight',
    'restore-instance',
    'create-physical-image',
    'restore-physical-instance',
    'delete-image',
  ],
  drills: ['verify-image', 'verify-physical-image'],
  'servers with pg_durable': [
    'create-durable-instance',
    'restore-durable-instance',
    'restore-durable-physical-instance',
    'verify-durable-image',
    'verify-durable-physical-image',
  ],
};
