# shellcheck shell=bash
# Loading roles and databases into the throw-away server.

declare -a DATABASES=()
declare -A DATABASE_NAME=() DATABASE_SIZE=()

# Below this a database is loaded by one connection, beside others; from here on with all connections to itself.
readonly SMALL_DATABASE=$((64 * 1024 * 1024))

read_databases() {
  local index
  DATABASE_BYTES=0
  read_fields image/databases.nul
  for ((index = 0; index < ${#FIELDS[@]}; index += 4)); do
    [[ ${FIELDS[index]} =~ ^[0-9]+$ && ${FIELDS[index + 2]} =~ ^[0-9]+$ ]] || fail "$FINAL" 'databases.nul is not understood'
    DATABASES+=("${FIELDS[index]}")
    DATABASE_SIZE[${FIELDS[index]}]=${FIELDS[index + 2]}
    DATABASE_NAME[${FIELDS[index]}]=${FIELDS[index + 3]}
    ((DATABASE_BYTES += FIELDS[index + 2])) || true
  done
  ((${#DATABASES[@]} > 0)) || fail "$FINAL" 'the image names no database'
}

# make_helper: a database to work from. It has no encoding, so that names go through it byte for byte: the dump of a
# LATIN1 database holds the bytes of its catalogue under the label LATIN1, which another database would convert.
make_helper() {
  local oid taken=true
  while [[ $taken == true ]]; do
    HELPER=toygres_loading_$RANDOM$RANDOM
    taken=false
    for oid in "${DATABASES[@]}"; do [[ ${DATABASE_NAME[$oid]} != "$HELPER" ]] || taken=true; done
  done
  "${PSQL[@]}" --dbname=template1 2>helper.err <<<"CREATE DATABASE $HELPER TEMPLATE template0 ENCODING 'SQL_ASCII'
    LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C';" || {
    first_error helper.err
    fail 1 "the throw-away server could not be prepared: $REPLY"
  }
}

# load_roles: the first superuser exists already, which is the one error that may be; every other ends the script. Errors
# are told apart by the line they come from, since names may hold anything.
load_roles() {
  local status=0 line number text file_line
  local -a lines
  "${PSQL[@]}" --set=ON_ERROR_STOP=0 --set=VERBOSITY=verbose --dbname="$HELPER" --file=image/roles.sql \
    >roles.out 2>roles.err || status=$?
  ((status == 0)) || { first_error roles.err; fail 1 "the roles could not be loaded: $REPLY"; }
  mapfile -t lines <image/roles.sql
  conninfo_identifier "$PGUSER"
  while IFS= read -r line; do
    [[ $line =~ ^psql:[^:]*:([0-9]+):\ (ERROR|FATAL|PANIC|error):\ +(.*) ]] || continue
    number=${BASH_REMATCH[1]} text=${BASH_REMATCH[3]}
    file_line=${lines[number - 1]-}
    if [[ $text == 42710:* && $file_line == "CREATE ROLE $REPLY;" ]]; then continue; fi
    fail 1 "the roles could not be loaded: ${text#*: } (line $number of roles.sql)"
  done <roles.err
}

# conninfo_identifier NAME: REPLY is the name as pg_dumpall writes it.
conninfo_identifier() {
  REPLY=$1
  [[ $1 =~ ^[a-z_][a-z0-9_]*$ ]] || REPLY="\"${1//\"/\"\"}\""
}

# load_databases: template1 and postgres give way to those of the source.
load_databases() {
  local oid name
  local -a small=() large=()
  for oid in "${DATABASES[@]}"; do
    name=${DATABASE_NAME[$oid]}
    if [[ $name == template1 || $name == postgres ]]; then
      "${PSQL[@]}" --dbname="$HELPER" 2>drop.err <<<"ALTER DATABASE $name IS_TEMPLATE false;"$'\n'"DROP DATABASE $name;" || {
        first_error drop.err
        fail 1 "database $name could not give way to that of the image: $REPLY"
      }
    fi
    if ((DATABASE_SIZE[$oid] < SMALL_DATABASE)); then small+=("$oid"); else large+=("$oid"); fi
  done
  LOAD_JOBS=$TOYGRES_PARALLEL
  run_lanes 1 load_database "${large[@]}"
  LOAD_JOBS=1
  run_lanes "$TOYGRES_PARALLEL" load_database "${small[@]}"
}

# load_database OID: in a lane.
load_database() {
  local oid=$1 name=${DATABASE_NAME[$1]}
  tell_progress 0 "restoring database $name"
  open_session "db$oid" "$HELPER" "the restore of database $name"
  if [[ -e image/state/$oid/extension.nul ]]; then
    load_with_state "$oid" "$name"
  else
    restore_part "$oid" "$name" --create --dbname="$HELPER" --jobs="$LOAD_JOBS"
  fi
  close_session "db$oid"
  tell_progress "${DATABASE_SIZE[$oid]}" "restored database $name"
}

# restore_part OID NAME OPTION...: pg_restore of the dump, or of what the options select of it.
restore_part() {
  local oid=$1 name=$2 status=0
  shift 2
  mkfifo "said.$oid"
  pg_restore --no-password --exit-on-error --no-tablespaces --verbose "$@" "image/databases/$oid" \
    >/dev/null 2>"said.$oid" {EVENTS}>&- &
  follow_load "$oid" "$name" $!
  wait $! || status=$?
  if ((status > 128)); then
    fail 1 "the restore of database $name was cut off: pg_restore was ended by signal $((status - 128))"
  elif ((status != 0)); then
    load_cause
    fail 1 "the restore of database $name failed: ${REPLY:-pg_restore ended with status $status}"
  fi
}

# follow_load OID NAME PID: takes what pg_restore says until it ends, and tells how large the database has grown, which
# counts rows and indexes alike.
follow_load() {
  local oid=$1 name=$2 label="restoring database $2" quoted grown
  local grown_before=-1 label_before='' busy='' looked=$EPOCHSECONDS since=$EPOCHSECONDS worked=0
  sql_literal "$name"
  quoted=$REPLY
  TOOL_ERRORS=()
  follow_tool "said.$oid" "$3" take_load_line tell_growth
}

# take_load_line LINE: part of follow_load, with its variables.
take_load_line() {
  case $1 in
    'pg_restore: processing data for table "'* | 'pg_restore: creating INDEX "'* | \
      'pg_restore: creating CONSTRAINT "'* | 'pg_restore: creating FK CONSTRAINT "'* | \
      'pg_restore: creating MATERIALIZED VIEW DATA "'*)
      label=${1#pg_restore: }
      label=${label/#processing data for /restoring }
      label=${label//\"/}
      tell_log "$name: $label"
      ;;
    'pg_restore: creating '*) label=${1#pg_restore: } ;;
    *error:* | *detail:* | *hint:* | *warning:* | 'pg_restore: from TOC entry'* | [!p]*)
      TOOL_ERRORS+=("$1")
      tell_log "$1"
      ;;
  esac
}

# tell_growth: part of follow_load, with its variables.
tell_growth() {
  ask "db$oid" "grown.$oid" "SELECT coalesce((SELECT pg_database_size(oid) FROM pg_database WHERE datname = $quoted), 0);"
  read_fields "grown.$oid"
  grown=${FIELDS[0]}
  ((grown < DATABASE_SIZE[$oid])) || grown=${DATABASE_SIZE[$oid]}
  if [[ $grown != "$grown_before" || $label != "$label_before" ]]; then
    grown_before=$grown label_before=$label busy='' looked=$EPOCHSECONDS since=$EPOCHSECONDS
  elif ((EPOCHSECONDS - looked >= 30)); then
    # A sort for an index or the check of a foreign key makes nothing grow for a long time.
    work_done
    ((REPLY - worked < 100)) || busy=" (busy for $((EPOCHSECONDS - since)) s)"
    worked=$REPLY looked=$EPOCHSECONDS
  fi
  tell_progress "$grown" "$label$busy"
}

# load_cause: REPLY is the first error of TOOL_ERRORS with the object that it is about.
load_cause() {
  local line object=''
  REPLY=''
  for line in "${TOOL_ERRORS[@]}"; do
    case $line in
      'pg_restore: from TOC entry '*)
        object=${line#*; }
        object=${object#[0-9]* [0-9]* }
        ;;
      *'error: worker process failed'*) ;;
      *'error: '*)
        REPLY="${line#*error: }${object:+ (at $object)}"
        REPLY=${REPLY#could not execute query: }
        return 0
        ;;
    esac
  done
  REPLY=${TOOL_ERRORS[*]: -1}
}

# analyze_database OID: in a lane. A table that cannot be analyzed, for its index calls a function that fails, is no reason
# to have no server.
analyze_database() {
  local oid=$1 name=${DATABASE_NAME[$1]}
  tell_progress 0 "analyzing database $name"
  conninfo "$name"
  vacuumdb --no-password --dbname="$REPLY" --analyze-only --jobs="$LOAD_JOBS" --quiet \
    >/dev/null 2>"analyze.$oid" {EVENTS}>&- || {
    first_error "analyze.$oid"
    tell_notice "database $name could not be analyzed whole, run ANALYZE: $REPLY"
  }
  tell_progress "${DATABASE_SIZE[$oid]}" "analyzed database $name"
}

analyze_databases() {
  local oid
  local -a small=() large=()
  for oid in "${DATABASES[@]}"; do
    if ((DATABASE_SIZE[$oid] < SMALL_DATABASE)); then small+=("$oid"); else large+=("$oid"); fi
  done
  LANE_DONE=()
  LOAD_JOBS=$TOYGRES_PARALLEL
  run_lanes 1 analyze_database "${large[@]}"
  LOAD_JOBS=1
  run_lanes "$TOYGRES_PARALLEL" analyze_database "${small[@]}"
}

# check_password: the recorded password logs in, as it did on the source; only where it does not, it is set.
check_password() {
  local said
  conninfo "$LOGIN_CHECK"
  if said=$("${PSQL[@]}" --dbname="$REPLY" --command='SELECT' 2>&1) || [[ $said == *"database \"$LOGIN_CHECK\" does not exist"* ]]; then
    return 0
  fi
  # Only psql sees the password: it reads the file itself.
  "${PSQL[@]}" --dbname="$HELPER" >/dev/null 2>password.err <<'SQL' || fail 1 'the recorded password could not be set'
\set password `cat "$TOYGRES_SECRETS_DIR/password"`
\set superuser `printf %s "$PGUSER"`
ALTER ROLE :"superuser" PASSWORD :'password';
SQL
  notice "the password of role $PGUSER in the image was another; it is the recorded one now"
}

drop_helper() {
  "${PSQL[@]}" --dbname=template1 2>drop.err <<<"DROP DATABASE $HELPER;" || {
    first_error drop.err
    fail 1 "the throw-away server could not be tidied up: $REPLY"
  }
}
