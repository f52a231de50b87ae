import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { Operation } from './operation.ts';
import { PageInfo } from './page-info.ts';

@ObjectType({ description: 'An operation in a list, with its place.' })
export class OperationEdge {
  @Field(() => String, { description: 'Its place in the list, to be given as `after`. Opaque, and stays good.' })
  declare readonly cursor: string;

  @Field(() => Operation, { description: 'The operation itself.' })
  declare readonly node: Operation;
}

@ObjectType({ description: 'A page of operations, newest first.' })
export class OperationConnection {
  @Field(() => [OperationEdge], { description: 'The operations of this page with their cursors.' })
  declare readonly edges: OperationEdge[];

  @Field(() => [Operation], { description: 'The operations of this page.' })
  declare readonly nodes: Operation[];

  @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
  declare readonly pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many operations the whole list has.' })
  declare readonly totalCount: number;
}
