import 'reflect-metadata';
import { Arg, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { Credentials } from '../../schema/credentials.ts';
import { AppError } from '../../schema/errors.ts';
import type { Role } from '../../schema/states.ts';
import { buildConnectionString } from '../connection-string.ts';
import type { ApiContext } from '../context.ts';
import { notFound, requireId } from '../ids.ts';
import type { InstanceLogin } from '../ports/queries.ts';
import type { Services } from '../services.ts';

type CredentialsOfInstance = InstanceLogin & { readonly instanceId: string };

/** The one way by which passwords leave. */
@Resolver(() => Credentials)
export class CredentialsResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Authorized<Role>('OPERATOR')
  @Query(() => Credentials, { description: "The login of an instance's superuser. Needs the role OPERATOR." })
  async instanceCredentials(
    @Arg('instanceId', () => ID, { description: 'The instance; NOT_FOUND for an unknown or deleted one.' })
    instanceId: string,
  ): Promise<CredentialsOfInstance> {
    const id = requireId('instance', 'instanceId', instanceId);
    return { instanceId: id, ...(await this.#services.instanceQueries.credentials(id)) };
  }

  /** Apart from the rest, so that the password can be read before there is an address. */
  @FieldResolver(() => String)
  async connectionString(
    @Root() { instanceId, username, password, endpoint }: CredentialsOfInstance,
    @Ctx() { loaders }: ApiContext,
  ): Promise<string> {
    if (endpoint !== null) return buildConnectionString(endpoint, { username, password });
    const instance = await loaders.instances.load(instanceId);
    if (instance === null) throw notFound('instance', 'instanceId');
    throw new AppError(
      'CONFLICT',
      `The instance "${instance.name}" is ${instance.state} and has had no address yet: ask for the connection string ` +
        'when it is RUNNING.',
    );
  }
}
