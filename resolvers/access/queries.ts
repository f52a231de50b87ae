import 'reflect-metadata';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Int, Query, Resolver } from 'type-graphql';
import { ApiTokenConnection } from '../../schema/access/api-token-connection.ts';
import { AuditConnection } from '../../schema/access/audit-connection.ts';
import { AuditFilter } from '../../schema/access/audit-entry.ts';
import { UserConnection } from '../../schema/access/user-connection.ts';
import type { ApiContext } from '../context.ts';
import { buildConnection, type Connection, DEFAULT_FIRST, readPage } from '../paging.ts';
import type { ApiTokenRecord, AuditRecord, UserRecord } from '../ports/access.ts';
import type { Services } from '../services.ts';
import { AFTER, FIRST } from '../words.ts';

const first = { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST } as const;
const after = { nullable: true, description: AFTER } as const;

/** Who may do what, and who did it. */
@Resolver()
export class AccessQueryResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Query(() => UserConnection, { description: 'Users, newest first. Needs the role ADMIN.' })
  async users(
    @Info() info: GraphQLResolveInfo,
    @Ctx() { caller }: ApiContext,
    @Arg('first', () => Int, first) size: number | null,
    @Arg('after', () => String, after) cursor?: string | null,
  ): Promise<Connection<UserRecord>> {
    return buildConnection(await this.#services.accessQueries.users(caller, readPage(size, cursor, info)));
  }

  @Query(() => ApiTokenConnection, {
    description: 'API tokens, newest first, also those that are over: of all users for an ADMIN, else of the caller.',
  })
  async apiTokens(
    @Info() info: GraphQLResolveInfo,
    @Ctx() { caller }: ApiContext,
    @Arg('first', () => Int, first) size: number | null,
    @Arg('after', () => String, after) cursor?: string | null,
  ): Promise<Connection<ApiTokenRecord>> {
    return buildConnection(await this.#services.accessQueries.apiTokens(caller, readPage(size, cursor, info)));
  }

  @Query(() => AuditConnection, { description: 'Who did what, newest first. Needs the role ADMIN.' })
  async auditLog(
    @Info() info: GraphQLResolveInfo,
    @Ctx() { caller }: ApiContext,
    @Arg('first', () => Int, first) size: number | null,
    @Arg('after', () => String, after) cursor?: string | null,
    @Arg('filter', () => AuditFilter, { nullable: true, description: 'Which of them.' }) filter?: AuditFilter | null,
  ): Promise<Connection<AuditRecord>> {
    const page = readPage(size, cursor, info);
    return buildConnection(await this.#services.accessQueries.auditLog(caller, { ...filter }, page));
  }
}
