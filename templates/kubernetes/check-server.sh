#!/bin/sh
# Whether the server takes connections. A certificate that was replaced in its volume is given to the server first, and a login
# that is asked for in the Secret: over the socket, which asks nobody who can run something in here for a password.
seen=/run/postgresql/certificate
mounted=$(readlink /tls/..data 2>/dev/null)
if [ -n "$mounted" ] && [ "$mounted" != "$(cat "$seen" 2>/dev/null)" ]; then
  pg_ctl reload -D "$PGDATA" >/dev/null && printf '%s\n' "$mounted" >"$seen"
fi

tell() {
  PGOPTIONS='-c search_path=pg_catalog -c default_transaction_read_only=off -c statement_timeout=0' \
    timeout 3 psql -X -q -A -t -v ON_ERROR_STOP=1 -h /run/postgresql -p 5432 -U "$(cat /secret/username)" -d postgres -f - 2>&1
}

# A role whose time is over is given more. What the server says goes into its log; the next look tries again.
give_login() {
  words=$(printf "SELECT 'over' FROM pg_roles WHERE rolname = '%s' AND rolvaliduntil < now();\n" "$1" | tell) &&
    if [ "$words" = over ]; then more=" VALID UNTIL 'infinity'"; else more=; fi &&
    words=$(printf "ALTER ROLE \"%s\" PASSWORD '%s'%s;\n" "$1" "$2" "$more" | tell) && return
  printf 'the login that is asked for cannot be set: %s\n' "$words" >>/proc/1/fd/2
  return 1
} 2>/dev/null

given=/run/postgresql/given-login
asked=$(cat /secret/asked-login 2>/dev/null)
if [ -n "$asked" ] && [ "$asked" != "$(cat "$given" 2>/dev/null)" ]; then
  role=${asked%%
*}
  verifier=${asked#*
}
  # A verifier and nothing else: nothing that SQL would read as its own, and no password.
  case $role in '' | *[!a-z0-9_]*) verifier= ;; esac
  case $verifier in
    *[!A-Za-z0-9+/=:\$-]*) ;;
    SCRAM-SHA-256\$*) give_login "$role" "$verifier" && (umask 077 && printf '%s\n' "$asked" >"$given") ;;
  esac
fi
exec pg_isready -q -h 127.0.0.1 -p 5432 -t 2
