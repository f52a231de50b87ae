import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars.ts';
import { Viewer } from '../viewer.ts';
import { ApiToken } from './api-token.ts';
import { User } from './user.ts';

@ObjectType({ description: 'A session that was opened; its cookie is in the headers of the answer.' })
export class LoginPayload {
  @Field(() => Viewer, { description: 'Who signed in.' })
  declare readonly viewer: Viewer;

  @Field(() => DateTime, { description: 'When the session ends at the latest; unused it ends earlier.' })
  declare readonly expiresAt: Date;
}

@ObjectType({ description: 'That it is done.' })
export class LogoutPayload {
  @Field(() => Boolean, { description: 'Always true.' })
  declare readonly ok: boolean;
}

@ObjectType({ description: 'The user that was made.' })
export class CreateUserPayload {
  @Field(() => User, { description: 'The user.' })
  declare readonly user: User;

  @Field(() => String, {
    nullable: true,
    description: 'The password where one was made; shown this once. Null where one was given.',
  })
  declare readonly password: string | null;
}

@ObjectType({ description: 'The user as it is now.' })
export class UserPayload {
  @Field(() => User, { description: 'The user.' })
  declare readonly user: User;
}

@ObjectType({ description: 'The token that was made.' })
export class CreateApiTokenPayload {
  @Field(() => ApiToken, { description: 'What is kept of it.' })
  declare readonly apiToken: ApiToken;

  @Field(() => String, { description: 'The token itself; shown this once.' })
  declare readonly token: string;
}

@ObjectType({ description: 'The token as it is now.' })
export class ApiTokenPayload {
  @Field(() => ApiToken, { description: 'What is kept of it.' })
  declare readonly apiToken: ApiToken;

  @Field(() => [String], { description: 'What else to know: tokens that it made and that still can be used.' })
  declare readonly notices: string[];
}
