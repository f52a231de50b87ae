# shellcheck shell=bash
# Talking to PostgreSQL: names and passwords of any kind, sessions that stay open, errors in words.

# conninfo NAME: REPLY is a connection string for the database of that name. A name given as it is would be read as a
# connection string itself where it looks like one.
conninfo() {
  REPLY=${1//\\/\\\\}
  REPLY="dbname='${REPLY//\'/\\\'}'"
}

# sql_literal TEXT: REPLY is TEXT as a literal of SQL, whatever it holds.
sql_literal() {
  REPLY=${1//\\/\\\\}
  REPLY="E'${REPLY//\'/\'\'}'"
}

# psql_quote TEXT: REPLY is TEXT, which is one line, as an argument of a psql meta-command.
psql_quote() {
  REPLY=${1//\\/\\\\}
  REPLY="'${REPLY//\'/\'\'}'"
}

# write_passfile PASSWORD: lets all programs log in with it, without it standing in environment or argv.
write_passfile() {
  local escaped=${1//\\/\\\\}
  printf '*:*:*:*:%s\n' "${escaped//:/\\:}" >passfile
  export PGPASSFILE=$WORK/passfile
}

# use_options MAJOR: settings that hold in every session from now on, whatever roles and databases are set to.
use_options() {
  PGOPTIONS='-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0'
  PGOPTIONS+=' -c idle_session_timeout=0 -c default_transaction_read_only=off -c role=none'
  PGOPTIONS+=' -c standard_conforming_strings=on -c quote_all_identifiers=off -c lc_messages=C'
  PGOPTIONS+=' -c log_statement=none -c log_min_duration_statement=-1'
  if (($1 >= 17)); then PGOPTIONS+=' -c transaction_timeout=0 -c event_triggers=off'; fi
  export PGOPTIONS
}

PSQL=(psql --no-psqlrc --no-password --quiet --no-align --tuples-only
  --field-separator-zero --record-separator-zero --set=ON_ERROR_STOP=1)

declare -A SESSION_IN=() SESSION_OUT=() SESSION_PID=() SESSION_WORK=()

# open_session NAME DATABASE WORK: a psql that stays, to be asked for WORK, which is what fails with it. Room for its last
# words is taken before they are needed: a full disk may be what ends the server.
open_session() {
  local name=$1 input output
  SESSION_WORK[$name]=$3
  mkfifo "$name.in" "$name.out"
  printf '\n%.0s' {1..4096} >"$name.err"
  conninfo "$2"
  "${PSQL[@]}" --dbname="$REPLY" <"$name.in" >"$name.out" 2<>"$name.err" {EVENTS}>&- &
  SESSION_PID[$name]=$!
  exec {input}>"$name.in" {output}<"$name.out"
  rm -f -- "$name.in" "$name.out"
  SESSION_IN[$name]=$input SESSION_OUT[$name]=$output
}

# ask NAME FILE COMMANDS: what the commands answer stands in FILE, every field ended by a NUL byte. psql says nothing when
# a disk is full: the answer is whole when the mark behind it is there.
ask() {
  local line input=${SESSION_IN[$1]}
  psql_quote "$2"
  # A session that is gone closes its end; the signal of that would end the script without a cause.
  trap '' PIPE
  printf '\\o %s\n%s\n\\qecho end\n\\o\n\\echo answered\n' "$REPLY" "$3" 1>&"$input" 2>/dev/null || true
  trap - PIPE
  if ! IFS= read -r line <&"${SESSION_OUT[$1]}" || [[ $line != answered ]]; then
    wait "${SESSION_PID[$1]}" || true
    first_error "$1.err"
    fail 1 "${SESSION_WORK[$1]} failed: ${REPLY:-the session with the server was ended without a word}"
  fi
  [[ $(tail --bytes=4 -- "$2") == end ]] ||
    fail 1 "${SESSION_WORK[$1]} failed: what the server answered could not be written down"
  truncate --size=-4 -- "$2"
}

# ask_file NAME FILE SQL_FILE: as ask, with the commands of a file in sql/.
ask_file() {
  psql_quote "$SCRIPTS/sql/$3"
  ask "$1" "$2" "\\i $REPLY"
}

close_session() {
  local input=${SESSION_IN[$1]} output=${SESSION_OUT[$1]}
  trap '' PIPE
  echo '\q' 1>&"$input" 2>/dev/null || true
  trap - PIPE
  exec {input}>&- {output}<&-
  wait "${SESSION_PID[$1]}" || true
  unset "SESSION_IN[$1]" "SESSION_OUT[$1]" "SESSION_PID[$1]" "SESSION_WORK[$1]"
}

# read_fields FILE: FIELDS are the fields that were answered.
read_fields() { mapfile -d '' -t FIELDS <"$1"; }
