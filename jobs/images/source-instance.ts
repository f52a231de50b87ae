import { AppError } from '../../schema/errors.ts';
import type { ImageMethod } from '../../schema/states.ts';
import type { InstanceRecord } from '../ports/records.ts';
import { SUPERUSER_NAME } from '../ports/superuser.ts';
import type { WorkflowServices } from '../workflow/context.ts';

/** Throws CONFLICT with the state of an instance that no image can be taken of. */
export function requireRunningSource({ name, state }: InstanceRecord): void {
  if (state === 'RUNNING') return;
  throw new AppError('CONFLICT', `The instance "${name}" is ${state}; only a RUNNING one can be imaged.`);
}

/**
 * Looks whether the source of an image can be dumped: it is RUNNING, and the recorded password logs in. Returns the size
 * of its databases. Throws CONFLICT with its state, or what the server says to the login.
 */
export async function measureSource(services: WorkflowServices, imageId: string, method: ImageMethod): Promise<number> {
  const { images, instances, platform, probe } = services;
  const image = await images.read(imageId);
  const source = await instances.read(image.sourceInstanceId);
  if (image.method !== method) throw new Error(`image ${imageId} is ${image.method}, and is taken as ${method}`);
  requireRunningSource(source);
  const { insideAddress, phase, detail } = await platform.readServer(source);
  if (insideAddress === null) {
    throw new AppError('UNAVAILABLE', `The server of "${source.name}" is ${phase} (${detail ?? 'no address'}).`);
  }
  const password = await instances.readPassword(source.id);
  const login = { username: SUPERUSER_NAME, password };
  const facts = await probe.connect(insideAddress, login, { timeoutMs: 30_000, durable: false, measure: true });
  return facts.databaseBytes ?? 0;
}
