# shellcheck shell=bash
# State of extensions that pg_dump leaves out: rows of tables that belong to an extension and are not marked for dumping.

# save_state OID ENCODING: in a lane, with the session of the database's snapshot: the rows are those of the dump's moment.
save_state() {
  local oid=$1 encoding=$2 directory=image/state/$1 index file=0
  local -a tables
  ask_file "db$oid" "state-tables.$oid" state-tables.sql
  read_fields "state-tables.$oid"
  tables=("${FIELDS[@]}")
  ask "db$oid" "encoding.$oid" "SET client_encoding = 'UTF8';"
  ask_file "db$oid" "extensions.$oid" extensions.sql
  ask_file "db$oid" "durable.$oid" durable.sql
  ask "db$oid" "encoding.$oid" "SET client_encoding = '$encoding';"
  ((${#tables[@]} > 0)) || return 0
  mkdir -p "$directory"
  read_fields "durable.$oid"
  printf '%s\0' "$encoding" "${tables[1]}" "${FIELDS[0]-}" >"$directory/extension.nul"
  for ((index = 0; index < ${#tables[@]}; index += 4)); do
    ((file += 1))
    tell_log "${DATABASE_NAME[$oid]}: saving ${tables[index + 2]} of extension ${tables[index]}"
    ask "db$oid" "saved.$oid" "COPY ${tables[index + 2]} (${tables[index + 3]}) TO STDOUT \\g $directory/$file.copy"
    [[ -e $directory/$file.copy ]] || fail 1 "the rows of ${tables[index + 2]} could not be saved"
    printf '%s\0' "${tables[index + 2]}" "${tables[index + 3]}" "$file.copy" >>"$directory/tables.nul"
  done
}

# one_line TEXT: REPLY is the text as valid UTF-8: a database without an encoding may hold anything.
one_line() { REPLY=$(iconv -c -f UTF-8 -t UTF-8 <<<"$1") || true; }

# read_state: EXTENSIONS are those of all databases, DURABLE what there is of pg_durable, or null; both JSON.
read_state() {
  local oid list=''
  DURABLE=null
  for oid in "${DATABASES[@]}"; do
    read_fields "extensions.$oid"
    one_line "${FIELDS[0]-}"
    REPLY=${REPLY#[}
    REPLY=${REPLY%]}
    list+=${REPLY:+${list:+,}$REPLY}
    read_fields "durable.$oid"
    one_line "${FIELDS[1]-}"
    [[ -z $REPLY ]] || DURABLE=$REPLY
  done
  EXTENSIONS="[$list]"
}
