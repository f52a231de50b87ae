import 'reflect-metadata';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Resolver, Root } from 'type-graphql';
import type { ImageRecord, InstanceRecord, ServerEndpoint } from '../../jobs/ports/records.ts';
import { SUPERUSER_NAME } from '../../jobs/ports/superuser.ts';
import { isPending } from '../../jobs/servers/started.ts';
import { Endpoint } from '../../schema/endpoint.ts';
import { Resources, Toleration } from '../../schema/hosting.ts';
import { Image } from '../../schema/image.ts';
import { ImageConnection } from '../../schema/image-connection.ts';
import { Instance } from '../../schema/instance.ts';
import { Label } from '../../schema/label.ts';
import { OperationConnection } from '../../schema/operation-connection.ts';
import { Parameter } from '../../schema/parameter.ts';
import { buildConnectionString } from '../connection-string.ts';
import type { ApiContext } from '../context.ts';
import { listTolerations, showResources } from '../hosting.ts';
import { BRIEF_IMAGE_FIELDS } from '../images/fields.ts';
import { listLabels } from '../labels.ts';
import { BRIEF_OPERATION_FIELDS } from '../operations/fields.ts';
import { buildConnection, type Connection, DEFAULT_FIRST, readBriefPage } from '../paging.ts';
import { listParameters } from '../parameters.ts';
import type { OperationRecord } from '../ports/records.ts';
import { AFTER, FIRST } from '../words.ts';

/** What an instance shows that is not a column of its record. */
@Resolver(() => Instance)
export class InstanceFieldResolver {
  @FieldResolver(() => [Label])
  labels(@Root() instance: InstanceRecord): Label[] {
    return listLabels(instance.labels);
  }

  @FieldResolver(() => [Parameter])
  parameters(@Root() instance: InstanceRecord): Parameter[] {
    return listParameters(instance.parameters);
  }

  @FieldResolver(() => Boolean)
  pendingRestart(@Root() instance: InstanceRecord): boolean {
    return instance.state === 'RUNNING' && isPending(instance);
  }

  @FieldResolver(() => Resources)
  resources(@Root() { hosting }: InstanceRecord): Resources {
    return showResources(hosting);
  }

  @FieldResolver(() => [Label])
  nodeSelector(@Root() { hosting }: InstanceRecord): Label[] {
    return listLabels(hosting.nodeSelector ?? {});
  }

  @FieldResolver(() => [Toleration])
  tolerations(@Root() { hosting }: InstanceRecord): Toleration[] {
    return listTolerations(hosting);
  }

  @FieldResolver(() => String, { nullable: true })
  priorityClass(@Root() { hosting }: InstanceRecord): string | null {
    return hosting.priorityClass ?? null;
  }

  @FieldResolver(() => String, { nullable: true })
  connectionSecret(@Root() { name, connectionSecret }: InstanceRecord): string | null {
    return connectionSecret ? `${name}-app` : null;
  }

  @FieldResolver(() => Image, {
    nullable: true,
    description: 'The image it was restored from; null for one that began empty.',
  })
  async sourceImage(@Root() instance: InstanceRecord, @Ctx() { loaders }: ApiContext): Promise<ImageRecord | null> {
    return instance.sourceImageId === null ? null : loaders.images.load(instance.sourceImageId);
  }

  @FieldResolver(() => ImageConnection, { description: 'The images taken of it, newest first, without DELETED ones.' })
  async images(
    @Info() info: GraphQLResolveInfo,
    @Root() instance: InstanceRecord,
    @Ctx() { loaders }: ApiContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
  ): Promise<Connection<ImageRecord>> {
    const page = readBriefPage(first, after, info, BRIEF_IMAGE_FIELDS);
    return buildConnection(await loaders.imagesOfInstance.load({ parentId: instance.id, page }));
  }

  @FieldResolver(() => OperationConnection, { description: 'What was done to it or with it, newest first.' })
  async operations(
    @Info() info: GraphQLResolveInfo,
    @Root() instance: InstanceRecord,
    @Ctx() { loaders }: ApiContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
  ): Promise<Connection<OperationRecord>> {
    const page = readBriefPage(first, after, info, BRIEF_OPERATION_FIELDS);
    return buildConnection(await loaders.operationsOfInstance.load({ parentId: instance.id, page }));
  }
}

/** What an endpoint shows beside its parts. */
@Resolver(() => Endpoint)
export class EndpointFieldResolver {
  @FieldResolver(() => String)
  connectionString(@Root() endpoint: ServerEndpoint): string {
    return buildConnectionString(endpoint, { username: SUPERUSER_NAME });
  }
}
