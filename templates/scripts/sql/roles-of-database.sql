-- Every role that a dump of this database names: owners, grants, policies, default privileges, user mappings and
-- subscriptions stand in pg_shdepend; settings of a role in this database only in pg_db_role_setting.
SELECT r.oid, r.rolname
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
                    WHERE d.datname = current_database() AND s.setdatabase = d.oid));
