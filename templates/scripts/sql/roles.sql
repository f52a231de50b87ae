-- Roles that pg_dumpall carries, and the first superuser.
SELECT oid, rolname FROM pg_authid WHERE oid >= 16384 OR oid = 10;
