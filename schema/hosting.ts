import 'reflect-metadata';
import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { TaintEffect } from './states.ts';

const CPU_REQUEST = 'Thousandths of a processor that are kept for it.';
const CPU_LIMIT = 'Thousandths of a processor that it has at most.';
const MEMORY_REQUEST = 'MiB of memory that are kept for it.';
const MEMORY_LIMIT = 'MiB of memory that it has at most; with more it is ended and starts again.';
const USUAL = 'Left out: as the installation has it, as far as that goes with what was asked for.';

@ObjectType({
  description: 'What a server on Kubernetes is given, as it was asked for; null: as the installation gives it.',
})
export class Resources {
  @Field(() => Int, { nullable: true, description: CPU_REQUEST })
  declare readonly cpuRequestMillicores: number | null;

  @Field(() => Int, { nullable: true, description: CPU_LIMIT })
  declare readonly cpuLimitMillicores: number | null;

  @Field(() => Int, { nullable: true, description: MEMORY_REQUEST })
  declare readonly memoryRequestMib: number | null;

  @Field(() => Int, { nullable: true, description: MEMORY_LIMIT })
  declare readonly memoryLimitMib: number | null;
}

@InputType({ description: 'What a server on Kubernetes is to be given. Left out: as the installation gives it.' })
export class ResourcesInput {
  @Field(() => Int, { nullable: true, description: `${CPU_REQUEST} ${USUAL}` })
  declare readonly cpuRequestMillicores?: number | null;

  @Field(() => Int, { nullable: true, description: `${CPU_LIMIT} ${USUAL}` })
  declare readonly cpuLimitMillicores?: number | null;

  @Field(() => Int, { nullable: true, description: `${MEMORY_REQUEST} ${USUAL}` })
  declare readonly memoryRequestMib?: number | null;

  @Field(() => Int, { nullable: true, description: `${MEMORY_LIMIT} ${USUAL}` })
  declare readonly memoryLimitMib?: number | null;
}

const KEY = 'The key of the taint, such as "dedicated".';

@ObjectType({ description: 'A taint of nodes that is no hindrance to a server.' })
export class Toleration {
  @Field(() => String, { description: KEY })
  declare readonly key: string;

  @Field(() => String, { nullable: true, description: 'Its value; null: whichever it has.' })
  declare readonly value: string | null;

  @Field(() => TaintEffect, { nullable: true, description: 'What it does; null: whatever that is.' })
  declare readonly effect: TaintEffect | null;
}

@InputType({ description: 'A taint of nodes that is to be no hindrance to a server.' })
export class TolerationInput {
  @Field(() => String, { description: KEY })
  declare readonly key: string;

  @Field(() => String, { nullable: true, description: 'Its value. Left out: whichever it has.' })
  declare readonly value?: string | null;

  @Field(() => TaintEffect, { nullable: true, description: 'What it does. Left out: whatever that is.' })
  declare readonly effect?: TaintEffect | null;
}
