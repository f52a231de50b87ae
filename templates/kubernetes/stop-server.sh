#!/bin/sh
# Ends the server in order before the pod is: a fast shutdown, and when that takes too long, one that is made good at the
# next start. A smart one, which a plain SIGTERM asks for, would wait for the clients.
[ -e "$PGDATA/postmaster.pid" ] || exit 0
pg_ctl stop -D "$PGDATA" -m fast -w -t 60 >/dev/null 2>&1 || pg_ctl stop -D "$PGDATA" -m immediate -w -t 10 >/dev/null 2>&1
exit 0
