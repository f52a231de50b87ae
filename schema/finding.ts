import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';
import { Severity } from './states.ts';

@ObjectType({ description: 'Something that is not, or will not be, as it was on the source.' })
export class Finding {
  @Field(() => String, { description: 'Stable, UPPER_SNAKE; docs/findings.md has cause and remedy of each.' })
  declare readonly code: string;

  @Field(() => Severity, { description: 'How much it is.' })
  declare readonly severity: Severity;

  @Field(() => String, { nullable: true, description: 'The database it is about; null where it is about the server.' })
  declare readonly database: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What it is about, as PostgreSQL writes it, such as public.orders; null where that is no one thing.',
  })
  declare readonly object: string | null;

  @Field(() => String, { description: 'What is so, in the words of PostgreSQL where it said why.' })
  declare readonly message: string;

  @Field(() => String, { nullable: true, description: 'What mends it, mostly SQL; null where nothing does.' })
  declare readonly remedy: string | null;
}
