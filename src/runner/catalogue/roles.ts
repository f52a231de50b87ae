import * as z from 'zod';
import { hexName } from '../../guarded-postgres/raw-name.ts';
import type { Question } from '../../guarded-postgres/session.ts';
import { oid } from './columns.ts';

const RoleRow = z.tuple([oid, hexName]).transform(([id, name]) => ({ oid: id, name }));
/** A role by its number: a name can pass from one to another. */
export type RoleRow = z.infer<typeof RoleRow>;

/** Roles that pg_dumpall carries, and the first superuser. */
export const ROLES: Question<RoleRow> = {
  sql: `SELECT oid, encode(textsend(rolname::text), 'hex') FROM pg_authid WHERE oid >= 16384 OR oid = 10`,
  row: RoleRow,
};

/**
 * Every role that a dump of this database names: owners, grants, policies, default privileges, user mappings and
 * subscriptions stand in pg_shdepend; settings of a role in this database only in pg_db_role_setting.
 */
export const ROLES_OF_DATABASE: Question<RoleRow> = {
  sql: `
    SELECT r.oid, encode(textsend(r.rolname::text), 'hex')
    FROM pg_authid r
    WHERE r.oid >= 16384
      AND (r.oid IN (
            SELECT s.refobjid FROM pg_shdepend s, pg_database d
            WHERE d.datname = current_database()
              AND s.refclassid = 'pg_authid'::regclass
              AND (s.dbid = d.oid
                   OR (s.dbid = 0 AND s.classid = 'pg_database'::regclass AND s.objid = d.oid)
                   OR (s.dbid = 0 AND s.classid = 'pg_subscription'::regclass
                       AND s.objid IN (SELECT oid FROM pg_subscription WHERE subdbid = d.oid))))
           OR r.oid IN (SELECT s.setrole FROM pg_db_role_setting s, pg_database d
                        WHERE d.datname = current_database() AND s.setdatabase = d.oid))`,
  row: RoleRow,
};
