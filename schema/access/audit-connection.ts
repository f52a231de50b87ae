import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../page-info.ts';
import { AuditEntry } from './audit-entry.ts';

@ObjectType({ description: 'An entry of the audit log in a list, with its place.' })
export class AuditEdge {
  @Field(() => String, { description: 'Its place in the list, to be given as `after`. Opaque, and stays good.' })
  declare readonly cursor: string;

  @Field(() => AuditEntry, { description: 'The entry itself.' })
  declare readonly node: AuditEntry;
}

@ObjectType({ description: 'A page of entries, newest first.' })
export class AuditConnection {
  @Field(() => [AuditEdge], { description: 'The entries of this page with their cursors.' })
  declare readonly edges: AuditEdge[];

  @Field(() => [AuditEntry], { description: 'The entries of this page.' })
  declare readonly nodes: AuditEntry[];

  @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
  declare readonly pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many entries the whole list has.' })
  declare readonly totalCount: number;
}
