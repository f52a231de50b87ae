-- The extensions of this database, as one JSON array on one line.
SELECT coalesce(json_agg(json_build_object('database', current_database(), 'name', extname, 'version', extversion)
                         ORDER BY extname), '[]')
FROM pg_extension;
