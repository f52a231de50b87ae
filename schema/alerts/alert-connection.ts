import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../page-info.ts';
import { Alert } from './alert.ts';

@ObjectType({ description: 'An alert in a list, with its place.' })
export class AlertEdge {
  @Field(() => String, { description: 'Its place in the list, to be given as `after`. Opaque, and stays good.' })
  declare readonly cursor: string;

  @Field(() => Alert, { description: 'The alert itself.' })
  declare readonly node: Alert;
}

@ObjectType({ description: 'A page of alerts, newest first.' })
export class AlertConnection {
  @Field(() => [AlertEdge], { description: 'The alerts of this page with their cursors.' })
  declare readonly edges: AlertEdge[];

  @Field(() => [Alert], { description: 'The alerts of this page.' })
  declare readonly nodes: Alert[];

  @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
  declare readonly pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many alerts the whole list has.' })
  declare readonly totalCount: number;
}
