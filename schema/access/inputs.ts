import 'reflect-metadata';
import { Field, ID, InputType } from 'type-graphql';
import { LabelInput } from '../label.ts';
import { DateTime } from '../scalars.ts';
import { Role } from '../states.ts';

const SCOPE = 'Only instances with all of these labels; at most 64. ';

@InputType({ description: 'Who wants to sign in.' })
export class LoginInput {
  @Field(() => String, { description: 'In any case of its letters.' })
  declare readonly username: string;

  @Field(() => String, { description: 'As it is.' })
  declare readonly password: string;
}

@InputType({ description: "The caller's password as it is and as it is to be." })
export class ChangePasswordInput {
  @Field(() => String, { description: 'Has to be right.' })
  declare readonly currentPassword: string;

  @Field(() => String, { description: '12 to 128 characters, no control characters.' })
  declare readonly newPassword: string;
}

@InputType({ description: 'A new user.' })
export class CreateUserInput {
  @Field(() => String, { description: '1 to 63 characters, not in use in any case of its letters.' })
  declare readonly username: string;

  @Field(() => Role, { description: 'What the user may do.' })
  declare readonly role: Role;

  @Field(() => [LabelInput], {
    nullable: true,
    description: `${SCOPE}Left out: what the caller sees.`,
  })
  declare readonly scope?: LabelInput[] | null;

  @Field(() => String, {
    nullable: true,
    description: '12 to 128 characters, no control characters. Left out: one is made, and shown once.',
  })
  declare readonly password?: string | null;
}

@InputType({ description: 'Changes of a user; what is left out stays as it is.' })
export class UpdateUserInput {
  @Field(() => ID, { description: 'The user to change.' })
  declare readonly userId: string;

  @Field(() => Role, { nullable: true, description: 'What the user may do from now on.' })
  declare readonly role?: Role | null;

  @Field(() => [LabelInput], { nullable: true, description: `${SCOPE}Empty: everything that the caller sees.` })
  declare readonly scope?: LabelInput[] | null;

  @Field(() => Boolean, { nullable: true, description: 'False ends all sessions, and refuses sign-ins and tokens.' })
  declare readonly enabled?: boolean | null;

  @Field(() => String, { nullable: true, description: 'A new password; ends all sessions of the user.' })
  declare readonly password?: string | null;
}

@InputType({ description: 'Which user is to be deleted.' })
export class DeleteUserInput {
  @Field(() => ID, { description: 'The user; its sessions end and its tokens are revoked.' })
  declare readonly userId: string;
}

@InputType({ description: 'A new token for a program. Never more than the caller may.' })
export class CreateApiTokenInput {
  @Field(() => String, { description: 'What it is for, 1 to 100 characters.' })
  declare readonly name: string;

  @Field(() => Role, { description: "What it may do; at most the caller's role." })
  declare readonly role: Role;

  @Field(() => [LabelInput], {
    nullable: true,
    description: `${SCOPE}The labels of the caller's own scope are added. Left out: that scope alone.`,
  })
  declare readonly scope?: LabelInput[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'From when on it is refused; a moment to come. Left out: never by time, or with the token that makes it.',
  })
  declare readonly expiresAt?: Date | null;
}

@InputType({ description: 'Which token is to be revoked.' })
export class RevokeApiTokenInput {
  @Field(() => ID, { description: 'The token; what it has open ends.' })
  declare readonly apiTokenId: string;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Revokes as well the tokens that it made, and those that they made. Left out: they go on, and a notice tells of them.',
  })
  declare readonly includeMade?: boolean | null;
}
