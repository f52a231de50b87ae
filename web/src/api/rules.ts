import { AppError } from '../../../schema/errors.ts';

/** What is wrong with an input, by the server's own rules. */
export interface Fault {
  readonly field: string;
  readonly message: string;
}

/** What a rule finds wrong; null where it lets the input pass. */
export function findFault(check: () => void): Fault | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { field: error.details.field ?? '', message: error.message };
  }
}

/** The message for one field, first what the rules say, then what the server said. */
export function faultOf(fault: Fault | null, field: string): string | null {
  return fault !== null && (fault.field === field || fault.field.startsWith(`${field}[`)) ? fault.message : null;
}
