#!/bin/sh
# Whether the server takes connections. A certificate that was replaced in its volume is given to the server first.
seen=/run/postgresql/certificate
mounted=$(readlink /tls/..data 2>/dev/null)
if [ -n "$mounted" ] && [ "$mounted" != "$(cat "$seen" 2>/dev/null)" ]; then
  pg_ctl reload -D "$PGDATA" >/dev/null && printf '%s\n' "$mounted" >"$seen"
fi
exec pg_isready -q -h 127.0.0.1 -p 5432 -t 2
