import 'reflect-metadata';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ApiToken } from '../../schema/access/api-token.ts';
import { AuditEntry } from '../../schema/access/audit-entry.ts';
import { AuditSubject } from '../../schema/access/audit-subject.ts';
import { User } from '../../schema/access/user.ts';
import { Label } from '../../schema/label.ts';
import { EVERYTHING } from '../../schema/rules/scope-rules.ts';
import { DateTime } from '../../schema/scalars.ts';
import { AuditTargetKind } from '../../schema/states.ts';
import { Viewer } from '../../schema/viewer.ts';
import type { ApiContext } from '../context.ts';
import { listLabels } from '../labels.ts';
import type { ApiTokenRecord, AuditRecord, UserRecord } from '../ports/access.ts';
import type { Caller } from '../ports/commands.ts';
import { kindOfTarget, loadTarget } from './audit-targets.ts';

@Resolver(() => User)
export class UserFieldResolver {
  @FieldResolver(() => [Label])
  scope(@Root() user: UserRecord): Label[] {
    return listLabels(user.scope);
  }
}

@Resolver(() => ApiToken)
export class ApiTokenFieldResolver {
  @FieldResolver(() => [Label])
  scope(@Root() token: ApiTokenRecord): Label[] {
    return listLabels(token.scope);
  }
}

@Resolver(() => AuditEntry)
export class AuditEntryFieldResolver {
  @FieldResolver(() => DateTime)
  at(@Root() entry: AuditRecord): Date {
    return entry.createdAt;
  }

  @FieldResolver(() => AuditTargetKind, { nullable: true })
  targetKind(@Root() entry: AuditRecord): AuditTargetKind | null {
    return kindOfTarget(entry);
  }

  @FieldResolver(() => AuditSubject, {
    nullable: true,
    description: 'What it was done to, or what was made, as it stands now; null where it is gone.',
  })
  async subject(@Root() entry: AuditRecord, @Ctx() context: ApiContext) {
    return loadTarget(entry, context);
  }
}

@Resolver(() => Viewer)
export class ViewerFieldResolver {
  @FieldResolver(() => [Label])
  scope(@Root() caller: Caller): Label[] {
    return listLabels(caller.scope ?? EVERYTHING);
  }
}
