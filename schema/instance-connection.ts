import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { Instance } from './instance.ts';
import { PageInfo } from './page-info.ts';

@ObjectType({ description: 'An instance in a list, with its place.' })
export class InstanceEdge {
  @Field(() => String, { description: 'Its place in the list, to be given as `after`. Opaque, and stays good.' })
  declare readonly cursor: string;

  @Field(() => Instance, { description: 'The instance itself.' })
  declare readonly node: Instance;
}

@ObjectType({ description: 'A page of instances, newest first.' })
export class InstanceConnection {
  @Field(() => [InstanceEdge], { description: 'The instances of this page with their cursors.' })
  declare readonly edges: InstanceEdge[];

  @Field(() => [Instance], { description: 'The instances of this page.' })
  declare readonly nodes: Instance[];

  @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
  declare readonly pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many instances the whole list has.' })
  declare readonly totalCount: number;
}
