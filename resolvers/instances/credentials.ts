import 'reflect-metadata';
import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { Credentials } from '../../schema/credentials.ts';
import { AppError } from '../../schema/errors.ts';
import { isTerminal, Login } from '../../schema/states.ts';
import { requireRole } from '../access/check-rule.ts';
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

  @Query(() => Credentials, {
    description:
      "A login of an instance. Each read stands in the audit log. The superuser's needs the role ADMIN, the " +
      "owner's OPERATOR; CONFLICT where the server has no such login.",
  })
  async instanceCredentials(
    @Ctx() { caller }: ApiContext,
    @Arg('instanceId', () => ID, { description: 'The instance; NOT_FOUND for an unknown or deleted one.' })
    instanceId: string,
    @Arg('login', () => Login, { nullable: true, defaultValue: Login.SUPERUSER, description: 'Which login.' })
    login?: Login | null,
  ): Promise<CredentialsOfInstance> {
    if (login !== 'OWNER') requireRole(caller, 'ADMIN', 'The login SUPERUSER');
    const id = requireId('instance', 'instanceId', instanceId);
    const { instanceQueries } = this.#services;
    const found =
      login === 'OWNER' ? await instanceQueries.ownerCredentials(id) : await instanceQueries.credentials(id);
    if (found !== null) return { instanceId: id, ...found };
    throw new AppError(
      'CONFLICT',
      'This server has no login OWNER: it, or the server of its image, was made before there were such logins, or it was ' +
        'restored without the database app. Ask an administrator for the SUPERUSER.',
      { details: { field: 'login', rule: 'hasLogin' } },
    );
  }

  @FieldResolver(() => String)
  certificateAuthority(): Promise<string> {
    return this.#services.checks.certificateAuthority();
  }

  /** Apart from the rest, so that the password can be read before there is an address. */
  @FieldResolver(() => String)
  async connectionString(
    @Root() { instanceId, username, password, database, endpoint }: CredentialsOfInstance,
    @Ctx() { loaders }: ApiContext,
    @Arg('verify', () => Boolean, {
      nullable: true,
      defaultValue: false,
      description:
        'Whether a client is told to verify the server (sslmode=verify-full): it needs the certificateAuthority in a ' +
        'file that sslrootcert or PGSSLROOTCERT names. CONFLICT for a server that was started before it could have a ' +
        'certificate: restart it.',
    })
    verify?: boolean | null,
  ): Promise<string> {
    if (endpoint !== null && verify && endpoint.tls === undefined) throw notCertified();
    if (endpoint !== null) {
      const url = buildConnectionString(endpoint, { username, password, database });
      return verify ? `${url}?sslmode=verify-full` : url;
    }
    const instance = await loaders.instances.load(instanceId);
    if (instance === null) throw notFound('instance', 'instanceId');
    const latest = await loaders.operationsOfInstance.load({ parentId: instanceId, page: NEWEST });
    const [operation] = latest.rows;
    throw new AppError(
      'CONFLICT',
      `The instance "${instance.name}" is ${instance.state} and has had no address yet: ask for the connection string ` +
        'when it is RUNNING.',
      // Without an address nothing but its creation can be under way.
      { details: operation === undefined || isTerminal(operation.state) ? {} : { operationId: operation.id } },
    );
  }
}

const NEWEST = { first: 1, after: null, counted: false };

function notCertified(): AppError {
  return new AppError(
    'CONFLICT',
    'This server was started before it could have a certificate, and gets one at its next start: restart the instance, or ' +
      'ask without verify.',
    { details: { field: 'verify', rule: 'hasCertificate' } },
  );
}
