# shellcheck shell=bash
# The dump of every database, each in a lane of its own.

declare -a DATABASES=()
declare -A DATABASE_NAME=() DATABASE_ENCODING=() DATABASE_SIZE=()

# Below this a database is dumped by one connection, beside others; from here on with all connections to itself.
readonly SMALL_DATABASE=$((64 * 1024 * 1024))

# compression: REPLY is the option for the best that this pg_dump has. It says what it lacks before it connects.
compression() {
  REPLY=--compress=1
  ((${PG_DUMP_VERSION%%[!0-9]*} >= 16)) || return 0
  local said
  said=$(pg_dump --no-password --host="$WORK/nobody" --format=custom --compress=zstd:1 2>&1 >/dev/null) || true
  [[ $said == *'not support'* ]] || REPLY=--compress=zstd:1
}

# dump_databases: all of DATABASES, the small ones side by side.
dump_databases() {
  local oid
  local -a small=() large=()
  for oid in "${DATABASES[@]}"; do
    if ((DATABASE_SIZE[$oid] < SMALL_DATABASE)); then small+=("$oid"); else large+=("$oid"); fi
  done
  compression
  COMPRESSION=$REPLY
  DUMP_JOBS=$TOYGRES_PARALLEL
  run_lanes 1 dump_database "${large[@]}"
  DUMP_JOBS=1
  run_lanes "$TOYGRES_PARALLEL" dump_database "${small[@]}"
}

# dump_database OID: in a lane. Everything is read in one snapshot, which the session holds open while pg_dump works.
dump_database() {
  local oid=$1 name=${DATABASE_NAME[$1]} encoding=${DATABASE_ENCODING[$1]} status=0 snapshot
  tell_progress 0 "dumping database $name"
  open_session "db$oid" "$name" "the dump of database $name"
  ask "db$oid" "snapshot.$oid" "SET client_encoding = '$encoding'; SET search_path = pg_catalog;
    BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();"
  read_fields "snapshot.$oid"
  snapshot=${FIELDS[0]}
  ask_file "db$oid" "roles.$oid" roles-of-database.sql
  ask_file "db$oid" "tables.$oid" tables.sql
  ask_file "db$oid" "left-out.$oid" left-out.sql
  read_fields "left-out.$oid"
  local text
  for text in "${FIELDS[@]}"; do tell_notice "$text"; done
  save_state "$oid" "$encoding"

  mkfifo "said.$oid"
  conninfo "$name"
  pg_dump --no-password --dbname="$REPLY" --format=directory --jobs="$DUMP_JOBS" --snapshot="$snapshot" --create \
    --encoding="$encoding" --no-tablespaces --no-sync --lock-wait-timeout=600s --verbose "$COMPRESSION" \
    --file="image/databases/$oid" >/dev/null 2>"said.$oid" {EVENTS}>&- &
  follow_dump "$oid" "$name" $!
  wait $! || status=$?
  if ((status > 128)); then
    fail 1 "the dump of database $name was cut off: pg_dump was ended by signal $((status - 128))"
  elif ((status != 0)); then
    first_error <(printf '%s\n' "${TOOL_ERRORS[@]}")
    # The encoding is the database's own: pg_dump says this of whatever the command to set it fails of.
    [[ $REPLY != 'invalid client encoding '* ]] || REPLY="the connection was probably lost at its start ($REPLY)"
    fail 1 "the dump of database $name failed: ${REPLY:-pg_dump ended with status $status}"
  fi
  close_session "db$oid"
  check_dump "$oid" "$name"
  tell_progress "${DATABASE_SIZE[$oid]}" "dumped database $name"
}

# follow_dump OID NAME PID: takes what pg_dump says until it ends, and tells how far it is. The bytes of tables are scaled
# to those of the database, so that all databases together make up the total of the phase.
follow_dump() {
  local oid=$1 name=$2 table index
  local -a fields
  local -A size=() rows=() table_of=() open=() seen=()
  local total=0 finished=0 label="database $2"
  read_fields "tables.$oid"
  fields=("${FIELDS[@]}")
  for ((index = 0; index < ${#fields[@]}; index += 4)); do
    table=${fields[index]}
    size[$table]=${fields[index + 1]} rows[$table]=${fields[index + 2]}
    table_of[${fields[index + 3]}.]=$table
    ((total += fields[index + 1])) || true
  done
  TOOL_ERRORS=()
  follow_tool "said.$oid" "$3" take_dump_line tell_table_progress
}

# take_dump_line LINE: part of follow_dump, with its variables.
take_dump_line() {
  case $1 in
    'pg_dump: dumping contents of table "'*)
      label=${1#*\"}
      label=${label%\"}
      table=${table_of[$label.]-}
      [[ -z $table ]] || open[$table]=1
      tell_log "$name: dumping $label"
      ;;
    'pg_dump: reading '*) label="database $name: ${1#pg_dump: }" ;;
    'pg_dump: saving large objects' | 'pg_dump: saving BLOBs')
      label='large objects'
      open[2613]=1
      ;;
    *error:* | *detail:* | *hint:* | *warning:* | [!p]*)
      TOOL_ERRORS+=("$1")
      tell_log "$1"
      ;;
  esac
}

# share_done BYTES SIZE ROWS ESTIMATED: REPLY is how much of a table is read, in thousandths; it grows as long as the table
# is read. Rows tell it well until the estimate turns out too low; the bytes of the text have no firm ratio to the table's.
share_done() {
  if (($4 > 0)); then
    REPLY=$(($3 * 1000 / $4))
    ((REPLY <= 900)) || REPLY=$((1000 - 90000 / REPLY))
  else
    REPLY=$(($1 * 1000 / ($1 + $2 + 1)))
  fi
}

# tell_table_progress: part of follow_dump, with its variables. A table that was begun, and that no COPY reads any more
# when it is looked for the second time, is finished.
tell_table_progress() {
  local index done_bytes=$finished part
  local -A running=()
  ((total > 0)) || return 0
  ask "db$oid" "copying.$oid" "SELECT pg_stat_clear_snapshot() \\g /dev/null
    SELECT relid, bytes_processed, tuples_processed FROM pg_stat_progress_copy WHERE datid = $oid;"
  read_fields "copying.$oid"
  for ((index = 0; index < ${#FIELDS[@]}; index += 3)); do
    table=${FIELDS[index]}
    [[ -n ${size[$table]-} ]] || continue
    share_done "${FIELDS[index + 1]}" "${size[$table]}" "${FIELDS[index + 2]}" "${rows[$table]}"
    part=$((size[$table] * REPLY / 1000))
    running[$table]=$part
  done
  for table in "${!open[@]}"; do
    if [[ -n ${running[$table]-} ]]; then
      seen[$table]=1
      ((done_bytes += running[$table])) || true
    elif [[ -n ${seen[$table]-} ]]; then
      ((finished += size[$table], done_bytes += size[$table])) || true
      unset "open[$table]"
    else
      seen[$table]=1
    fi
  done
  tell_progress "$((DATABASE_SIZE[$oid] * (done_bytes * 1000 / total) / 1000))" "dumping $label"
}

# check_dump OID NAME: the table of contents can be read back, and holds every table with a file for its rows.
check_dump() {
  local oid=$1 name=$2 expected entries=0 line blobs=0 expected_blobs=0 index
  pg_restore --list "image/databases/$oid" >"contents.$oid" 2>"contents.err.$oid" || {
    first_error "contents.err.$oid"
    fail 1 "the dump of database $name cannot be read back: $REPLY"
  }
  read_fields "tables.$oid"
  expected=$((${#FIELDS[@]} / 4))
  for ((index = 0; index < ${#FIELDS[@]}; index += 4)); do
    if ((FIELDS[index] == 2613)); then expected_blobs=1; fi
  done
  while IFS= read -r line; do
    if [[ $line =~ ^([0-9]+)\;\ [0-9]+\ [0-9]+\ TABLE\ DATA\  ]]; then
      ((entries += 1))
      compgen -G "image/databases/$oid/${BASH_REMATCH[1]}.dat*" >/dev/null ||
        fail 1 "the dump of database $name lacks the file of: $line"
    elif [[ $line =~ ^[0-9]+\;\ [0-9]+\ [0-9]+\ BLOBS\  ]]; then
      blobs=1
    fi
  done <"contents.$oid"
  ((entries + blobs == expected && blobs == expected_blobs)) ||
    fail 1 "the dump of database $name holds the rows of $entries tables instead of $((expected - expected_blobs))"
}
