import { AppError } from '../../../../schema/errors.ts';

/** What a check refused, as `field: rule`; null when it accepted. Fails the test for any error but INVALID_INPUT. */
export function brokenRule(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error;
    return `${error.details.field}: ${error.details.rule}`;
  }
}

/** The message of a refusal. */
export function refusal(check: () => void): string {
  try {
    check();
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}
