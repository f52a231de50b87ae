# shellcheck shell=bash
# The throw-away server: on a private socket, tuned for loading, durable only once it has ended.

# Matched before all others in its pg_hba.conf: whoever names it must give a password.
readonly LOGIN_CHECK='toygres login check'
SERVER_PID=''
# It is thrown away: an immediate shutdown, for a smart one would wait for its clients and write everything out.
# shellcheck disable=SC2317 # called when the script ends
ask_to_end() { [[ -z $SERVER_PID ]] || kill -QUIT "$SERVER_PID" 2>/dev/null || true; }

# A socket's path may have 107 bytes, with room for its name.
make_socket_directory() {
  SOCKETS=$WORK/s
  if ((${#SOCKETS} > 80)); then
    SOCKETS=$(mktemp -d /tmp/toygres-XXXXXXXX)
    # shellcheck disable=SC2317 # called when the script ends
    clean_up() { rm -rf -- "$SOCKETS"; }
  else
    mkdir -m 700 -- "$SOCKETS"
  fi
}

# memory_megabytes: REPLY is what this machine or container can give.
memory_megabytes() {
  local name value file limit
  REPLY=1024
  while read -r name value _; do
    [[ $name != MemAvailable: ]] || REPLY=$((value / 1024))
  done </proc/meminfo
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    [[ -r $file ]] || continue
    limit=$(<"$file")
    if [[ $limit =~ ^[0-9]{1,15}$ ]] && ((limit / 1048576 < REPLY)); then REPLY=$((limit / 1048576)); fi
  done
}

# make_cluster: initdb as the source was made. The password stands until the roles are loaded.
make_cluster() {
  local -a options=(--pgdata="$GROWING" --username="$PGUSER" --auth=scram-sha-256 --pwfile="$TOYGRES_SECRETS_DIR/password"
    --encoding="$TOYGRES_ENCODING" --locale=C --lc-collate="$TOYGRES_LC_COLLATE" --lc-ctype="$TOYGRES_LC_CTYPE"
    --locale-provider="$TOYGRES_LOCALE_PROVIDER" --no-sync --no-instructions)
  case $TOYGRES_LOCALE_PROVIDER in
    icu) options+=(--icu-locale="$TOYGRES_LOCALE") ;;
    builtin) options+=(--builtin-locale="$TOYGRES_LOCALE") ;;
  esac
  [[ -z ${TOYGRES_ICU_RULES-} ]] || options+=(--icu-rules="$TOYGRES_ICU_RULES")
  if [[ $TOYGRES_DATA_CHECKSUMS == true ]]; then
    options+=(--data-checksums)
  elif ((SERVER_MAJOR >= 18)); then
    options+=(--no-data-checksums)
  fi
  initdb "${options[@]}" >initdb.out 2>&1 || {
    first_error initdb.out
    fail 1 "the new cluster could not be made: $REPLY"
  }
}

# start_server OPTION...: starts it and waits until it takes connections; REPLY is empty then, else why it did not start.
start_server() {
  local said
  # With one connection the worker of pg_durable refuses to start; no other may start by max_worker_processes.
  printf 'local "%s" all scram-sha-256\nlocal all all trust\n' "$LOGIN_CHECK" >hba.conf
  rm -f -- server.log
  postgres -D "$GROWING" -c listen_addresses= -c unix_socket_directories="$SOCKETS" -c unix_socket_permissions=0700 \
    -c port=5432 -c hba_file="$WORK/hba.conf" -c external_pid_file= -c ssl=off -c archive_mode=off \
    -c logging_collector=off -c log_destination=stderr -c lc_messages=C -c log_statement=none \
    -c log_min_error_statement=panic -c max_logical_replication_workers=0 -c pg_durable.max_duroxide_connections=1 "$@" >server.log 2>&1 {EVENTS}>&- &
  SERVER_PID=$!
  while true; do
    # The last thing a server says before it takes connections; a try to connect costs more than a look.
    if [[ -s server.log ]]; then
      said=$(<server.log)
      [[ $said != *'database system is ready to accept connections'* ]] || break
    fi
    if ! kill -0 "$SERVER_PID" 2>/dev/null; then
      wait "$SERVER_PID" || true
      SERVER_PID=''
      first_error server.log
      REPLY=${REPLY:-it ended without a word}
      return 0
    fi
    sleep 0.02
  done
  REPLY=''
}

# start_loading_server LIBRARIES: with the libraries that have to be there from the start.
start_loading_server() {
  local megabytes buffers work
  memory_megabytes
  megabytes=$REPLY
  # Loading writes past the buffers; more of them only take longer to look through.
  buffers=$((megabytes / 8 < 64 ? 64 : megabytes / 8 > 256 ? 256 : megabytes / 8))
  work=$((megabytes / 4 / (TOYGRES_PARALLEL + 1)))
  work=$((work < 64 ? 64 : work > 1024 ? 1024 : work))
  start_server -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 \
    -c max_wal_size=64GB -c checkpoint_timeout=1d -c autovacuum=off -c shared_buffers="${buffers}MB" \
    -c maintenance_work_mem="${work}MB" -c max_connections="$((TOYGRES_PARALLEL * 3 + 20))" \
    -c max_locks_per_transaction=512 -c jit=off -c wal_buffers=16MB -c wal_compression=off \
    -c shared_preload_libraries="$1" ${1:+-c max_worker_processes=0}
  [[ -z $REPLY ]] || fail 1 "the throw-away server did not start: $REPLY"
}

# stop_server: a clean stop, or the end of the script.
stop_server() {
  local status=0
  kill -INT "$SERVER_PID" 2>/dev/null || true
  wait "$SERVER_PID" || status=$?
  SERVER_PID=''
  if ((status != 0)) || ! pg_controldata "$GROWING" | grep -q '^Database cluster state: *shut down$'; then
    first_error server.log
    fail 1 "the throw-away server did not stop cleanly: $REPLY"
  fi
}
