import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Where a running instance takes connections.' })
export class Endpoint {
  @Field(() => String, { description: 'Host name or IP address to connect to.' })
  declare readonly host: string;

  @Field(() => Int, { description: 'TCP port.' })
  declare readonly port: number;

  @Field(() => String, { nullable: true, description: 'Full public DNS name, where the instance has one.' })
  declare readonly dnsName: string | null;

  @Field(() => String, {
    description: 'A postgresql:// URL for psql and drivers, without the password: instanceCredentials has it.',
  })
  declare readonly connectionString: string;
}
