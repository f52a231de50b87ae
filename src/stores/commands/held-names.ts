import { AppError } from '../../../schema/errors.ts';
import { isUniqueViolation } from '../../db/errors.ts';

/**
 * What to tell a caller whose name, DNS label or resource name another record holds: CONFLICT with what to do.
 * Every other error is given back as it is. The first holder is unharmed: the statement that lost wrote nothing.
 */
export function refuseHeldName(error: unknown): unknown {
  if (isUniqueViolation(error, 'instances_name_held')) {
    return conflict(
      'Another instance holds this name: choose another one, or delete that instance first.',
      'name',
      error,
    );
  }
  if (isUniqueViolation(error, 'instances_dns_label_held')) {
    return conflict(
      'Another instance holds this DNS label: choose another one, or delete that instance first.',
      'dnsLabel',
      error,
    );
  }
  if (isUniqueViolation(error, 'images_name_held')) {
    return conflict('Another image holds this name: choose another one, or delete that image first.', 'name', error);
  }
  if (isUniqueViolation(error, 'webhooks_name')) {
    return conflict('Another webhook has this name: choose another one.', 'name', error);
  }
  if (isUniqueViolation(error, 'schedules_name')) {
    return conflict('Another schedule has this name: choose another one.', 'name', error);
  }
  if (isUniqueViolation(error, 'instances_resource_name')) {
    return new AppError('UNAVAILABLE', 'The random part of the resource name was taken: try again.', { cause: error });
  }
  return error;
}

function conflict(message: string, field: string, cause: unknown): AppError {
  return new AppError('CONFLICT', message, { details: { field, rule: 'unique' }, cause });
}
