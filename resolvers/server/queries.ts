import 'reflect-metadata';
import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { ConnectionCheck, Diagnostic } from '../../schema/checks.ts';
import { REQUEST_LIMITS } from '../../schema/rules/request-limits.ts';
import { Limits, ServerInfo } from '../../schema/server-info.ts';
import { Viewer } from '../../schema/viewer.ts';
import type { ApiContext } from '../context.ts';
import { requireId } from '../ids.ts';
import type { Caller } from '../ports/commands.ts';
import type { ConnectionFinding, Finding, ServerFacts } from '../ports/queries.ts';
import type { Services } from '../services.ts';

/** What is asked of the server itself, and of the world that it reaches. */
@Resolver()
export class ServerQueryResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Query(() => ConnectionCheck, {
    description:
      'Connects to an instance now, as a client would. That it cannot be reached is an answer, not an error.',
  })
  async checkConnection(
    @Arg('instanceId', () => ID, { description: 'The instance; NOT_FOUND for an unknown one.' }) instanceId: string,
  ): Promise<ConnectionFinding> {
    return this.#services.checks.connection(requireId('instance', 'instanceId', instanceId));
  }

  @Query(() => [Diagnostic], {
    description: 'Looks at all that operations depend on, and says which link is broken and how to mend it.',
  })
  async diagnostics(): Promise<readonly Finding[]> {
    return this.#services.checks.diagnostics();
  }

  @Query(() => Viewer, { description: 'Whose token this request carries.' })
  viewer(@Ctx() { caller }: ApiContext): Caller {
    return caller;
  }

  @Query(() => ServerInfo, { description: 'What this server is, what it offers, and how much may be asked of it.' })
  async server(): Promise<ServerFacts> {
    return this.#services.checks.server();
  }
}

/** What is known is seldom said. */
@Resolver(() => Diagnostic)
export class DiagnosticFieldResolver {
  @FieldResolver(() => Boolean)
  known(@Root() { known = true }: Finding): boolean {
    return known;
  }
}

/** What of the server is not asked of its platform. */
@Resolver(() => ServerInfo)
export class ServerLimitsResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @FieldResolver(() => String)
  certificateAuthority(): Promise<string> {
    return this.#services.checks.certificateAuthority();
  }

  @FieldResolver(() => String)
  changesCursor(@Ctx() { services }: ApiContext): Promise<string> {
    return services.events.readChangesCursor();
  }

  @FieldResolver(() => Limits)
  limits(): Limits {
    return REQUEST_LIMITS;
  }
}
