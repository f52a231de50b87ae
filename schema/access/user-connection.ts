import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../page-info.ts';
import { User } from './user.ts';

@ObjectType({ description: 'A user in a list, with its place.' })
export class UserEdge {
  @Field(() => String, { description: 'Its place in the list, to be given as `after`. Opaque, and stays good.' })
  declare readonly cursor: string;

  @Field(() => User, { description: 'The user itself.' })
  declare readonly node: User;
}

@ObjectType({ description: 'A page of users, newest first.' })
export class UserConnection {
  @Field(() => [UserEdge], { description: 'The users of this page with their cursors.' })
  declare readonly edges: UserEdge[];

  @Field(() => [User], { description: 'The users of this page.' })
  declare readonly nodes: User[];

  @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
  declare readonly pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many users the whole list has.' })
  declare readonly totalCount: number;
}
