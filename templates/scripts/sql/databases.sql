-- Every database but template0, with names as raw bytes: oid, encoding, bytes, takes connections, was left half dropped,
-- name. Half dropped ones have a connection limit of -2 (PostgreSQL 15.4 and later minor versions).
SELECT oid,
       pg_encoding_to_char(encoding),
       CASE WHEN datallowconn AND datconnlimit <> -2 THEN pg_database_size(oid) ELSE 0 END,
       datallowconn::int,
       (datconnlimit = -2)::int,
       datname
FROM pg_database
WHERE datname <> 'template0'
ORDER BY datname;
