import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../page-info.ts';
import { ApiToken } from './api-token.ts';

@ObjectType({ description: 'A token in a list, with its place.' })
export class ApiTokenEdge {
  @Field(() => String, { description: 'Its place in the list, to be given as `after`. Opaque, and stays good.' })
  declare readonly cursor: string;

  @Field(() => ApiToken, { description: 'The token itself.' })
  declare readonly node: ApiToken;
}

@ObjectType({ description: 'A page of tokens, newest first.' })
export class ApiTokenConnection {
  @Field(() => [ApiTokenEdge], { description: 'The tokens of this page with their cursors.' })
  declare readonly edges: ApiTokenEdge[];

  @Field(() => [ApiToken], { description: 'The tokens of this page.' })
  declare readonly nodes: ApiToken[];

  @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
  declare readonly pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many tokens the whole list has.' })
  declare readonly totalCount: number;
}
