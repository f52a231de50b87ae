import { createDurableInstance } from './create-durable-instance.ts';
import { createInstance } from './create-instance.ts';
import { deleteImage } from './delete-image.ts';
import { deleteInstance } from './delete-instance.ts';
import { deleteInstanceAfterImage } from './delete-instance-after-image.ts';
import { growVolume } from './grow-volume.ts';
import { imageWorkflows } from './image-workflows.ts';
import { restartInstance } from './restart-instance.ts';
import { rotateCredentials } from './rotate-credentials.ts';
import { rotateOwnerCredentials } from './rotate-owner-credentials.ts';
import { runPreflight } from './run-preflight.ts';
import { startInstance } from './start-instance.ts';
import { stopInstance } from './stop-instance.ts';
import type { Workflow } from './workflow/define-workflow.ts';

/** Every workflow that a worker of this release can run. */
export const workflows: readonly Workflow[] = [
  createInstance,
  createDurableInstance,
  deleteInstance,
  deleteInstanceAfterImage,
  stopInstance,
  startInstance,
  restartInstance,
  growVolume,
  rotateCredentials,
  rotateOwnerCredentials,
  ...imageWorkflows.flatMap(({ create, restore, prove }) => [
    create,
    ...Object.values(restore),
    ...Object.values(prove),
  ]),
  deleteImage,
  runPreflight,
];
