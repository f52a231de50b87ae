import 'reflect-metadata';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { Failure } from './failure.ts';
import { Finding } from './finding.ts';
import { DateTime, SafeInt } from './scalars.ts';
import { DrillState } from './states.ts';

@ObjectType({
  description:
    'One proof that an image comes back: it was restored into a server of its own, compared, and thrown away. It has ' +
    'PASSED when nothing was found that the image had not told of itself, and nothing graver than a WARNING.',
})
export class Drill {
  @Field(() => ID, { description: 'Finds it again, with the query drill.' })
  declare readonly id: string;

  @Field(() => DrillState, { description: 'How it stands.' })
  declare readonly state: DrillState;

  @Field(() => DateTime, { description: 'When it began; until then when it was asked for.' })
  declare readonly startedAt: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was over, all that it made removed.' })
  declare readonly finishedAt: Date | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Seconds from its start to a server that answers; null until one does.',
  })
  declare readonly recoverySeconds: number | null;

  @Field(() => Int, { nullable: true, description: 'How many databases were compared; null until they were.' })
  declare readonly databasesCompared: number | null;

  @Field(() => Int, { nullable: true, description: 'How many tables were read, row by row; null until they were.' })
  declare readonly tablesCompared: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'How many rows there were in them; null until they were read.' })
  declare readonly rowsCompared: number | null;

  @Field(() => [Finding], { description: 'What did not come back as it was, the gravest first.' })
  declare readonly findings: Finding[];

  @Field(() => Failure, { nullable: true, description: 'Why it is FAILED.' })
  declare readonly failure: Failure | null;
}
