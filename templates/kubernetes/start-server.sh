#!/bin/sh
# Runs a server on its volume; makes the cluster first when the volume is empty. Needs PostgreSQL's programs on PATH and
# PGDATA TOYGRES_MAJOR TOYGRES_IMAGE_TYPE TOYGRES_NAME; /secret holds username and password. TOYGRES_TLS: `on` with the
# certificate in /tls, `only` where who comes over the network must use it, else without one. TOYGRES_PARAMETERS: a line
# `name=value` for each parameter of PostgreSQL that the instance is to have.
set -eu
umask 077
child=
making=
# The shell knows the number of what it has just started before it takes a signal; a variable of ours comes a command later.
trap 'made=${making:+${!:-}}; if [ -n "$made" ]; then kill -TERM "$made"; wait "$made" || true; fi; exit 143' INT TERM

refuse() {
  printf 'FATAL:  %s\n' "$1"
  exit 78
} >&2

# Grown beside its place and moved there whole: a pod that dies meanwhile leaves nothing that looks like a cluster.
make_cluster() {
  rm -rf "$PGDATA-making"
  making=1
  # The first line of the file is the password.
  initdb --pgdata="$PGDATA-making" --username="$(cat /secret/username)" --pwfile=/secret/password --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums --no-instructions &
  wait "$!" || refuse 'the cluster could not be made; what initdb says stands above'
  making=
  mv "$PGDATA-making" "$PGDATA"
  sync
}

if [ -e "$PGDATA-restoring" ] || [ -e "${PGDATA%/*}/restoring" ]; then
  refuse 'the volume holds a restore that was not finished: run the restore again, or delete the instance'
fi
[ -e "$PGDATA" ] || make_cluster
[ -e "$PGDATA/PG_VERSION" ] || refuse "the volume holds no cluster, but files are in the cluster's place"
read -r major <"$PGDATA/PG_VERSION"
[ "$major" = "$TOYGRES_MAJOR" ] ||
  refuse "the volume holds a cluster of PostgreSQL $major; the server is to run PostgreSQL $TOYGRES_MAJOR"

hba=/config/pg_hba.conf
[ "${TOYGRES_TLS:-}" != only ] || hba=/config/pg_hba_tls.conf

# On the command line, where no ALTER SYSTEM and no restored file can change it: what the instance is to have, and then ours.
set --
while IFS= read -r line; do
  [ -z "$line" ] || set -- "$@" -c "$line"
done <<EOF
${TOYGRES_PARAMETERS:-}
EOF
set -- "$@" -c config_file=/config/postgresql.conf -c hba_file="$hba" -c ident_file=/config/pg_ident.conf \
  -c listen_addresses='*' -c port=5432 -c cluster_name="$TOYGRES_NAME" -c unix_socket_directories=/run/postgresql \
  -c logging_collector=off -c log_destination=stderr -c log_timezone=UTC -c log_line_prefix='%m [%p] '

case "${TOYGRES_TLS:-}" in
  on | only)
    # What is there from the start need not be read anew; see check-server.sh.
    readlink /tls/..data >/run/postgresql/certificate 2>/dev/null || true
    set -- "$@" -c ssl=on -c ssl_cert_file=/tls/tls.crt -c ssl_key_file=/tls/tls.key -c ssl_ca_file= -c ssl_crl_file= \
      -c ssl_crl_dir= -c ssl_passphrase_command= -c ssl_min_protocol_version=TLSv1.2
    ;;
esac

if [ "$TOYGRES_IMAGE_TYPE" = PG_DURABLE ]; then
  libraries=$(postgres -D "$PGDATA" "$@" -C shared_preload_libraries 2>/dev/null | tail -n 1)
  case ",$(printf %s "$libraries" | tr -d ' "')," in
    *,pg_durable,*) ;;
    *) libraries=${libraries:+$libraries,}pg_durable ;;
  esac
  set -- "$@" -c shared_preload_libraries="$libraries" -c pg_durable.database=postgres -c pg_durable.worker_role=postgres
fi

# Beside this process and not in its place: process 1 of a container is given the orphans of whatever the server's superuser
# runs, and a server that is it takes one that a signal ended for a backend that crashed, and ends every session.
# Asked between the server's start and the moment that its number is known, it is passed on then: nobody leaves it behind.
asked=
pass() {
  asked=$1
  [ -z "$child" ] || kill -"$1" "$child" 2>/dev/null || true
}
trap 'pass INT' INT
trap 'pass TERM' TERM
trap 'pass QUIT' QUIT
postgres -D "$PGDATA" "$@" &
child=$!
[ -z "$asked" ] || pass "$asked"
while :; do
  status=0
  wait "$child" || status=$?
  # Until it has ended: what was passed on interrupts the wait.
  kill -0 "$child" 2>/dev/null || exit "$status"
done
