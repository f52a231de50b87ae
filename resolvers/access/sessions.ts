import 'reflect-metadata';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ChangePasswordInput, LoginInput } from '../../schema/access/inputs.ts';
import { LoginPayload, LogoutPayload } from '../../schema/access/payloads.ts';
import { AppError } from '../../schema/errors.ts';
import { checkLogin, checkUserPassword } from '../../schema/rules/access-rules.ts';
import type { ApiContext } from '../context.ts';
import type { Caller } from '../ports/commands.ts';
import type { Services } from '../services.ts';
import { INPUT } from '../words.ts';

/** Signing in and out. */
@Resolver()
export class SessionResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Mutation(() => LoginPayload, {
    description:
      'Signs in and sets the session cookie; the one mutation that needs no token. UNAUTHENTICATED for a wrong name or ' +
      'password, and with the rule tooManyAttempts after too many of them.',
  })
  async login(
    @Ctx() { caller, cookies }: ApiContext,
    @Arg('input', () => LoginInput, { description: INPUT }) input: LoginInput,
  ): Promise<{ readonly viewer: Caller; readonly expiresAt: Date }> {
    if (cookies === null) {
      throw new AppError('INVALID_INPUT', 'A WebSocket takes no cookie: send login by POST.', {
        details: { rule: 'overHttp' },
      });
    }
    checkLogin(input);
    const source = { address: caller.address ?? null, cookies };
    const { caller: viewer, expiresAt } = await this.#services.sessions.login({ ...input }, source);
    return { viewer, expiresAt };
  }

  @Mutation(() => LogoutPayload, {
    description: 'Ends the session of the caller. A token stays as it is: revokeApiToken ends one.',
  })
  async logout(@Ctx() { caller, cookies }: ApiContext): Promise<LogoutPayload> {
    await this.#services.sessions.logout(caller, cookies);
    return { ok: true };
  }

  @Mutation(() => LogoutPayload, {
    description: "Changes the caller's password and ends all of its other sessions. CONFLICT for a token.",
  })
  async changePassword(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => ChangePasswordInput, { description: INPUT }) input: ChangePasswordInput,
  ): Promise<LogoutPayload> {
    checkLogin({ username: '', password: input.currentPassword });
    checkUserPassword('newPassword', input.newPassword);
    await this.#services.sessions.changePassword(caller, { current: input.currentPassword, next: input.newPassword });
    return { ok: true };
  }
}
