import 'reflect-metadata';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import {
  CreateApiTokenInput,
  CreateUserInput,
  DeleteUserInput,
  RevokeApiTokenInput,
  UpdateUserInput,
} from '../../schema/access/inputs.ts';
import {
  ApiTokenPayload,
  CreateApiTokenPayload,
  CreateUserPayload,
  UserPayload,
} from '../../schema/access/payloads.ts';
import { DeletedPayload } from '../../schema/deleted-payload.ts';
import { checkTokenName, checkUsername, checkUserPassword } from '../../schema/rules/access-rules.ts';
import { EVERYTHING } from '../../schema/rules/scope-rules.ts';
import type { ApiContext } from '../context.ts';
import { requireId } from '../ids.ts';
import type { ApiTokenRecord, UserRecord } from '../ports/access.ts';
import type { Services } from '../services.ts';
import { INPUT } from '../words.ts';
import { checkExpiry, readScope } from './inputs.ts';

/** Who may do what from now on. */
@Resolver()
export class AccessMutationResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Mutation(() => CreateUserPayload, {
    description: 'Makes a user. CONFLICT when the name is taken. Needs the role ADMIN.',
  })
  async createUser(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => CreateUserInput, { description: INPUT }) input: CreateUserInput,
  ): Promise<{ readonly user: UserRecord; readonly password: string | null }> {
    checkUsername('username', input.username);
    if (input.password != null) checkUserPassword('password', input.password);
    const scope = readScope(input.scope) ?? EVERYTHING;
    return this.#services.accessCommands.createUser(caller, { ...input, scope });
  }

  @Mutation(() => UserPayload, {
    description:
      'Changes a user; what it may do from now on holds at once, also for what it has open. CONFLICT for what would ' +
      'leave no administrator. Needs the role ADMIN.',
  })
  async updateUser(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => UpdateUserInput, { description: INPUT }) input: UpdateUserInput,
  ): Promise<{ readonly user: UserRecord }> {
    if (input.password != null) checkUserPassword('password', input.password);
    const change = { ...input, userId: requireId('user', 'userId', input.userId), scope: readScope(input.scope) };
    return { user: await this.#services.accessCommands.updateUser(caller, change) };
  }

  @Mutation(() => DeletedPayload, {
    description:
      'Deletes a user, ends its sessions and revokes its tokens. CONFLICT for the last administrator. Needs the role ADMIN.',
  })
  async deleteUser(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => DeleteUserInput, { description: INPUT }) input: DeleteUserInput,
  ): Promise<{ readonly id: string }> {
    const id = requireId('user', 'userId', input.userId);
    await this.#services.accessCommands.deleteUser(caller, id);
    return { id };
  }

  @Mutation(() => CreateApiTokenPayload, {
    description: 'Makes a token for a program; never more than the caller may, now and later.',
  })
  async createApiToken(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => CreateApiTokenInput, { description: INPUT }) input: CreateApiTokenInput,
  ): Promise<{ readonly apiToken: ApiTokenRecord; readonly token: string }> {
    checkTokenName('name', input.name);
    checkExpiry(input.expiresAt);
    const scope = readScope(input.scope) ?? EVERYTHING;
    return this.#services.accessCommands.createApiToken(caller, { ...input, scope });
  }

  @Mutation(() => ApiTokenPayload, {
    description:
      'Revokes a token, and ends what it has open. Tokens that it made go on unless includeMade is true. Twice is once.',
  })
  async revokeApiToken(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => RevokeApiTokenInput, { description: INPUT }) input: RevokeApiTokenInput,
  ): Promise<{ readonly apiToken: ApiTokenRecord; readonly notices: readonly string[] }> {
    const apiTokenId = requireId('apiToken', 'apiTokenId', input.apiTokenId);
    return this.#services.accessCommands.revokeApiToken(caller, {
      apiTokenId,
      includeMade: input.includeMade ?? false,
    });
  }
}
