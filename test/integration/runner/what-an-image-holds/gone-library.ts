/** Functions of a library that is gone: no server takes them again, nor what hangs on them. */
export const GONE = `
  CREATE FUNCTION gone() RETURNS uuid LANGUAGE c AS '$libdir/pgcrypto', 'pg_random_uuid';
  CREATE FUNCTION gone_trigger() RETURNS trigger LANGUAGE c AS '$libdir/refint', 'check_primary_key';`;
/** Afterwards they are. */
export const SPOIL_GONE = `UPDATE pg_proc SET probin = '$libdir/gone' WHERE proname LIKE 'gone%'`;
/** What is said of them. */
export const GONE_FINDS = [
  'WARNING OBJECT_NOT_CARRIED public.gone()',
  'WARNING OBJECT_NOT_CARRIED public.gone_trigger()',
];
