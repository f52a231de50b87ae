import type pg from 'pg';
import type { GuardedConnection } from './guarded-connection.ts';
import { AnswerError } from './server-error.ts';
import type { Sql } from './sql.ts';

/** What an answer may have at most; over it the session is ended. */
export interface AnswerLimits {
  readonly rows: number;
  readonly bytes: number;
}

type Settle = (error: Error | null) => void;

/** Part of the client library's protocol of queries, which it does not type. */
abstract class Submitted implements pg.Submittable {
  private failure: Error | null = null;
  private isSettled = false;

  constructor(
    private readonly statement: Sql,
    protected readonly limits: AnswerLimits,
    private readonly settle: Settle,
  ) {}

  submit(connection: pg.Connection): void {
    const guarded = connection as GuardedConnection;
    guarded.allow(this.limits.bytes);
    guarded.sendQuery(Buffer.from(this.statement));
  }
  handleError(error: Error): void {
    this.end(error);
  }
  handleReadyForQuery(): void {
    this.end(this.failure);
  }
  handleRowDescription(_message: unknown): void {}
  handleDataRow(_message: { readonly fields: readonly (string | null)[] }, _connection?: unknown): void {
    this.refuse(new AnswerError('the server answered with rows where none were asked for'));
  }
  handleCommandComplete(_message: unknown): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {
    this.refuse(new AnswerError('the server answered with a part of an answer'));
  }
  handleCopyInResponse(connection: GuardedConnection): void {
    connection.send('f', Buffer.from('nothing is copied here\0'));
  }
  handleCopyData(_message: { readonly chunk: Buffer }, _connection: GuardedConnection): void {
    this.refuse(new AnswerError('the server answered with a copy where none was asked for'));
  }

  /** The answer is taken to its end, and fails then. */
  protected refuse(cause: Error): void {
    this.failure ??= cause;
  }
  /** Whether the server has given its answer: what is sent from now on belongs to the next statement. */
  protected get isOver(): boolean {
    return this.isSettled;
  }
  private end(error: Error | null): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.settle(this.failure ?? error);
  }
}

/** Collects the rows of a statement, as texts. */
export class RowsAnswer extends Submitted {
  readonly rows: (readonly (string | null)[])[] = [];

  override handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }, _connection?: unknown): void {
    if (this.rows.length < this.limits.rows) this.rows.push(fields);
    else this.refuse(new AnswerError('the server answered with more rows than it may'));
  }
}

/** Hands over what COPY TO STDOUT sends, piece by piece; the server waits while a piece is taken. */
export class CopyOutAnswer extends Submitted {
  constructor(
    statement: Sql,
    limits: AnswerLimits,
    settle: Settle,
    private readonly take: (chunk: Buffer) => void,
  ) {
    super(statement, limits, settle);
  }

  override handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.take(chunk);
  }
}

/** Sends what comes from a source as the rows of COPY FROM STDIN. */
export class CopyInAnswer extends Submitted {
  constructor(
    statement: Sql,
    limits: AnswerLimits,
    settle: Settle,
    private readonly source: AsyncIterable<Buffer>,
  ) {
    super(statement, limits, settle);
  }

  override handleCopyInResponse(connection: GuardedConnection): void {
    this.send(connection).catch((error: unknown) => {
      if (this.isOver) return;
      this.refuse(error instanceof Error ? error : new AnswerError('what was to be copied could not be read'));
      connection.send('f', Buffer.from('what was to be copied could not be read\0'));
    });
  }

  private async send(connection: GuardedConnection): Promise<void> {
    for await (const chunk of this.source) {
      // Refused rows would come among those of the next copy, and their end would end that.
      if (this.isOver || connection.stream.destroyed) return;
      await connection.sendCopyData(chunk);
    }
    if (!this.isOver) connection.send('c', Buffer.alloc(0));
  }
}
