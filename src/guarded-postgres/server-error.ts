import * as z from 'zod';

const text = z
  .string()
  .max(1 << 20)
  .optional()
  .catch(undefined);

const Fields = z.object({
  code: text,
  severity: text,
  message: z.string().catch(''),
  detail: text,
  hint: text,
  where: text,
  schema: text,
  table: text,
  column: text,
  dataType: text,
  constraint: text,
});

/** An error that the server answered with, in its own words: of a superuser who may be hostile, so never more than words. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  /** SQLSTATE, five letters and digits; empty where the server gave none. */
  readonly code: string;
  readonly severity: string;
  readonly detail: string | null;
  readonly hint: string | null;
  readonly where: string | null;
  /** What the error is about, where the server says it: names as in the catalogue. */
  readonly about: {
    readonly schema: string | null;
    readonly table: string | null;
    readonly column: string | null;
    readonly dataType: string | null;
    readonly constraint: string | null;
  };

  constructor(answered: unknown, options?: ErrorOptions) {
    const fields = Fields.parse(answered);
    super(fields.message, options);
    this.code = /^[0-9A-Z]{5}$/.test(fields.code ?? '') ? (fields.code ?? '') : '';
    this.severity = fields.severity ?? 'ERROR';
    this.detail = fields.detail ?? null;
    this.hint = fields.hint ?? null;
    this.where = fields.where ?? null;
    this.about = {
      schema: fields.schema ?? null,
      table: fields.table ?? null,
      column: fields.column ?? null,
      dataType: fields.dataType ?? null,
      constraint: fields.constraint ?? null,
    };
  }

  /** Everything that helps: message, detail and hint, as one text. */
  get words(): string {
    const detail = this.detail === null ? '' : `: ${this.detail}`;
    return `${this.severity}:  ${this.message}${detail}${this.hint === null ? '' : ` HINT: ${this.hint}`}`;
  }
}

/** The session ended, or could not begin, without an error of the server's. */
export class SessionLostError extends Error {
  override readonly name = 'SessionLostError';
}

/** What the server answered is not what was asked for. Names the column, never what stands in it. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}
