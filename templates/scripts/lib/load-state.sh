# shellcheck shell=bash
# State of extensions that pg_dump leaves out, put back in the throw-away server, where no worker runs.
#
# Parameters: TOYGRES_DURABLE_FUNCTIONS (RESUME or CANCEL), TOYGRES_ALLOW_EXTENSION_UPGRADE (true or false).

# read_extension OID: VERSION is the extension's on the source, ENGINE its engine's schema there, ENCODING that of the rows.
read_extension() {
  read_fields "image/state/$1/extension.nul"
  STATE_ENCODING=${FIELDS[0]} VERSION=${FIELDS[1]} ENGINE=${FIELDS[2]}
  [[ $STATE_ENCODING =~ ^[A-Za-z0-9_-]+$ && $VERSION =~ ^[A-Za-z0-9._+-]+$ && $ENGINE =~ ^[a-z_]*$ ]] ||
    fail "$FINAL" 'what the image says of its extension is not understood'
}

# ask_database NAME SQL: REPLY is the first field of the answer; false where it fails, with the reason in state.err.
ask_database() {
  local said
  conninfo "$1"
  said=$("${PSQL[@]}" --record-separator=$'\n' --field-separator=$'\t' --dbname="$REPLY" 2>"state.err.$LANE" <<<"$2") || return 1
  REPLY=${said%%[$'\t\n']*}
}

# check_extension_versions: before anything is loaded. State of one version is not put into another without leave.
check_extension_versions() {
  local oid
  for oid in "${DATABASES[@]}"; do
    [[ -e image/state/$oid/extension.nul ]] || continue
    read_extension "$oid"
    ask_database "$HELPER" "SELECT default_version FROM pg_available_extensions WHERE name = 'pg_durable';" ||
      fail 1 'the throw-away server does not tell its extensions'
    [[ -n $REPLY ]] || fail "$FINAL" "the image has pg_durable $VERSION, and this server has no pg_durable"
    [[ ",${PRELOAD//[ \"]/}," == *,pg_durable,* ]] ||
      fail "$FINAL" 'the image has pg_durable, and its library was not loaded on the source'
    [[ $REPLY == "$VERSION" || $TOYGRES_ALLOW_EXTENSION_UPGRADE == true ]] ||
      fail "$FINAL" "the image was taken with pg_durable $VERSION, and this server has $REPLY: restore it on a server with $VERSION, or allow the other version with allowExtensionUpgrade: true"
  done
}

# load_with_state OID NAME: the database with nothing but the extension first, which is then made as it was on the source; all
# else; at last the rows of its own tables.
load_with_state() {
  local oid=$1 name=$2 first='^[0-9]+; [0-9]+ [0-9]+ (DATABASE |DATABASE PROPERTIES |(COMMENT|ACL|SECURITY LABEL) - DATABASE |EXTENSION - pg_durable )'
  read_extension "$oid"
  pg_restore --list "image/databases/$oid" >"contents.$oid" 2>"contents.err.$oid" || {
    first_error "contents.err.$oid"
    fail "$FINAL" "the dump of database $name cannot be read: $REPLY"
  }
  grep -aE "$first" "contents.$oid" >"first.$oid"
  grep -avE "$first" "contents.$oid" >"rest.$oid" || true
  restore_part "$oid" "$name" --create --dbname="$HELPER" --use-list="first.$oid"
  make_as_on_source "$name"
  conninfo "$name"
  restore_part "$oid" "$name" --dbname="$REPLY" --jobs="$LOAD_JOBS" --use-list="rest.$oid"
  load_state "$oid" "$name"
}

# make_as_on_source NAME: the extension in the version of the source and with the same schema for its engine, where this
# server can; UPGRADE says that another version is to be made of it afterwards.
make_as_on_source() {
  local made engine
  ask_database "$1" "SELECT extversion FROM pg_extension WHERE extname = 'pg_durable';" || REPLY=''
  made=$REPLY UPGRADE=''
  [[ -n $made ]] || fail "$FINAL" 'the image holds the state of pg_durable and not the extension itself'
  [[ $made == "$VERSION" ]] || UPGRADE=$made
  read_engine "$1"
  engine=$REPLY
  [[ -n $UPGRADE || $engine != "$ENGINE" ]] || return 0
  # An installation that began with 0.2.2 or earlier keeps its engine where that version had it.
  remake "$1" "VERSION '$VERSION'" || remake "$1" "VERSION '0.2.2'" "ALTER EXTENSION pg_durable UPDATE TO '$VERSION';" ||
    [[ $engine == "$ENGINE" ]] ||
    fail "$FINAL" "pg_durable $VERSION of the image keeps its engine in schema $ENGINE, and the one of this server cannot be made so"
}

read_engine() {
  ask_database "$1" "SELECT CASE WHEN to_regprocedure('df.duroxide_schema()') IS NULL THEN 'duroxide' END;" || REPLY=''
  [[ -z $REPLY ]] || return 0
  ask_database "$1" 'SELECT df.duroxide_schema();' || REPLY=''
}

# remake NAME VERSION THEN: false, with nothing changed, where that is not to be had or has its engine elsewhere.
remake() {
  ask_database "$1" "BEGIN; DROP EXTENSION pg_durable; CREATE EXTENSION pg_durable $2; ${3-}
    SELECT 1 / (to_regnamespace('$ENGINE') IS NOT NULL)::int; COMMIT;"
}

# take_table NAME TABLE COLUMNS: whether this server has a place for the saved rows. Of a table that somebody added to the
# extension on the source it may have none; of the tables that the functions are made of, it must.
take_table() {
  ask_database "$1" "SELECT FROM (SELECT $3 FROM ONLY $2 LIMIT 0) AS place;" && return 0
  first_error "state.err.$LANE"
  case $2 in
    df.instances | df.nodes) fail "$FINAL" "the rows of $2 do not fit pg_durable of this server: ${REPLY#*ERROR:  }" ;;
  esac
  tell_notice "the rows of $2, which extension pg_durable had on the source, have no place here and were left out: ${REPLY#*ERROR:  }"
  return 1
}

# load_state OID NAME: the saved rows in one transaction; what is then to become of the functions is done in the same.
load_state() {
  local oid=$1 name=$2 directory=image/state/$1 index
  local -a tables taken=()
  read_fields "$directory/tables.nul"
  tables=("${FIELDS[@]}")
  for ((index = 0; index < ${#tables[@]}; index += 3)); do
    [[ ${tables[index + 2]} =~ ^[0-9]+\.copy$ ]] || fail "$FINAL" 'what the image says of its extension is not understood'
    if take_table "$name" "${tables[index]}" "${tables[index + 1]}"; then taken+=("${tables[@]:index:3}"); fi
  done
  tell_log "$name: putting back the state of pg_durable"
  {
    printf '%s\n' '\set ON_ERROR_STOP on' 'BEGIN;' "SET LOCAL client_encoding = '$STATE_ENCODING';" 'SET LOCAL session_replication_role = replica;'
    for ((index = 0; index < ${#taken[@]}; index += 3)); do
      printf 'DELETE FROM ONLY %s;\nCOPY %s (%s) FROM STDIN;\n' "${taken[index]}" "${taken[index]}" "${taken[index + 1]}"
      cat -- "$directory/${taken[index + 2]}"
      printf '\\.\n'
    done
    [[ -z $UPGRADE ]] || printf 'ALTER EXTENSION pg_durable UPDATE;\n'
    psql_quote "$SCRIPTS/sql/cancel-functions.sql"
    if [[ $TOYGRES_DURABLE_FUNCTIONS == CANCEL ]]; then printf "\\\\set engine '%s'\n\\\\i %s\n" "$ENGINE" "$REPLY"; fi
    printf 'COMMIT;\n'
  } >"load-state.$oid"
  conninfo "$name"
  "${PSQL[@]}" --dbname="$REPLY" --file="load-state.$oid" >"state.out.$oid" 2>"state.err.$oid" || {
    first_error "state.err.$oid"
    fail 1 "the state of pg_durable in database $name could not be put back: ${REPLY#*ERROR:  }"
  }
  rm -f -- "load-state.$oid"
  tell_state "$oid" "$name"
}

# tell_state OID NAME: what came of versions and functions, as notices.
tell_state() {
  if [[ -n $UPGRADE ]]; then
    ask_database "$2" "SELECT extversion FROM pg_extension WHERE extname = 'pg_durable';" || REPLY=unknown
    tell_notice "pg_durable is of version $REPLY now; the image was taken with $VERSION (ALTER EXTENSION ... UPDATE)"
  fi
  if [[ $TOYGRES_DURABLE_FUNCTIONS == CANCEL ]]; then
    read_fields "state.out.$1"
    ((${FIELDS[0]-0} == 0)) || tell_notice "${FIELDS[0]} durable functions that had not ended were cancelled; no step of them ran here"
  else
    ask_database "$2" "SELECT count(*) FROM df.instances WHERE status NOT IN ('completed', 'failed', 'cancelled');" || REPLY=0
    ((REPLY == 0)) || tell_notice "$REPLY durable functions that had not ended go on here"
  fi
}
