import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A login of an instance. Treat all of it as a secret.' })
export class Credentials {
  @Field(() => String, { description: 'Name of the role.' })
  declare readonly username: string;

  @Field(() => String, { description: 'Password in the clear.' })
  declare readonly password: string;

  @Field(() => String, {
    description:
      'A postgresql:// URL that holds the password; of a stopped instance with the address that it had. CONFLICT while ' +
      'the instance has had none yet.',
  })
  declare readonly connectionString: string;

  @Field(() => String, {
    description:
      'The certificates that a client verifies the server by, PEM: put them into a file and name it as sslrootcert. ' +
      'The same as `server { certificateAuthority }`.',
  })
  declare readonly certificateAuthority: string;
}
