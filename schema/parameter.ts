import 'reflect-metadata';
import { Field, InputType, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A parameter of PostgreSQL that the server is started with, over what ALTER SYSTEM says.' })
export class Parameter {
  @Field(() => String, { description: 'As PostgreSQL calls it, such as "work_mem".' })
  declare readonly name: string;

  @Field(() => String, { description: 'As it stands after the "=" of a file of settings, without quotes: "64MB".' })
  declare readonly value: string;
}

@InputType({ description: 'A parameter of PostgreSQL to start the server with.' })
export class ParameterInput {
  @Field(() => String, {
    description:
      'As PostgreSQL calls it, in lower case, such as "work_mem" or "auto_explain.log_min_duration". What Toygres decides ' +
      'itself, what runs commands or loads code, and what can damage data is refused.',
  })
  declare readonly name: string;

  @Field(() => String, { description: 'At most 500 characters of one line, without quotes around it: "64MB".' })
  declare readonly value: string;
}
