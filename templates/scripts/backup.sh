#!/usr/bin/env bash
# Takes a logical image of a whole running server: every database, the roles, the settings. What it is given, says and
# writes stands in README.md.
#
# Parameters: PGHOST PGPORT PGUSER TOYGRES_IMAGE_URL TOYGRES_PARALLEL; secrets: password, sas (optional).
set -Eeuo pipefail
SCRIPTS=$(cd -- "${BASH_SOURCE[0]%/*}" && pwd)
readonly SCRIPTS
# shellcheck source=lib/control.sh
source "$SCRIPTS/lib/control.sh"
# shellcheck source=lib/lanes.sh
source "$SCRIPTS/lib/lanes.sh"
# shellcheck source=lib/postgres.sh
source "$SCRIPTS/lib/postgres.sh"
# shellcheck source=lib/azcopy.sh
source "$SCRIPTS/lib/azcopy.sh"
# shellcheck source=lib/checksums.sh
source "$SCRIPTS/lib/checksums.sh"
# shellcheck source=lib/save-state.sh
source "$SCRIPTS/lib/save-state.sh"
# shellcheck source=lib/tool.sh
source "$SCRIPTS/lib/tool.sh"
# shellcheck source=lib/dump.sh
source "$SCRIPTS/lib/dump.sh"

need PGHOST '.+'
need PGPORT '[0-9]+'
need PGUSER '.+'
need TOYGRES_IMAGE_URL 'https?://[^?]+[^?/]'
need TOYGRES_PARALLEL '[1-9]|[1-5][0-9]|6[0-4]'
export PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-30}

main() {
  local started_at
  started_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  check_login
  read_versions
  mkdir -p image/databases
  read_server
  log "The server is PostgreSQL $SERVER_VERSION with ${#DATABASES[@]} databases"

  begin_phase dump "$DATABASE_BYTES"
  dump_databases
  dump_roles
  end_phase

  write_server_json
  write_checksums "$WORK/image" checksums.tsv
  upload
  report "$started_at"
}

# The recorded password must still be the server's: an image whose password is unknown cannot be used by anybody.
check_login() {
  local database status
  read_secret password
  [[ -n $REPLY && $REPLY != *$'\n'* ]] || fail "$FINAL" 'the recorded password is empty or has more than one line'
  write_passfile "$REPLY"
  for database in postgres template1; do
    status=0
    "${PSQL[@]}" --dbname="$database" --command='SHOW server_version_num' >version 2>login.err || status=$?
    if ((status == 0)); then
      MAINTENANCE=$database
      read_fields version
      SERVER_MAJOR=$((FIELDS[0] / 10000))
      use_options "$SERVER_MAJOR"
      return
    fi
    last_line login.err
    [[ $REPLY == *"database \"$database\" does not exist" ]] || break
  done
  first_error login.err
  if [[ $REPLY == *'password authentication failed'* ]]; then
    fail "$FINAL" "the recorded password of role $PGUSER no longer logs in: it was changed on the server. Set it back with ALTER ROLE ... PASSWORD, then take the image again"
  fi
  fail 1 "the server cannot be reached: ${REPLY:-psql ended with status $status}"
}

read_versions() {
  local output
  azcopy_version
  AZCOPY_VERSION=$REPLY
  output=$(pg_dump --version) || fail "$FINAL" 'pg_dump cannot be run here'
  output=${output#pg_dump (PostgreSQL) }
  PG_DUMP_VERSION=${output%% *}
  ((${PG_DUMP_VERSION%%[!0-9]*} >= SERVER_MAJOR)) ||
    fail "$FINAL" "pg_dump $PG_DUMP_VERSION cannot dump a server of version $SERVER_MAJOR"
}

# Databases, settings and facts of the server as a whole.
read_server() {
  local index hidden='' name
  local -a fields
  open_session server "$MAINTENANCE" "the dump of the server's roles and settings"
  # Names as the catalogue holds them: databases of several encodings share it, and nothing may be converted.
  ask server encoding "SET search_path = pg_catalog; SELECT set_config('client_encoding', getdatabaseencoding(), false);"
  read_fields encoding
  MAINTENANCE_ENCODING=${FIELDS[0]}
  ask_file server databases databases.sql
  ask_file server tablespaces tablespaces.sql
  ask_file server image/settings.nul settings.sql

  read_fields databases
  fields=("${FIELDS[@]}")
  DATABASE_BYTES=0
  DATABASES=()
  for ((index = 0; index < ${#fields[@]}; index += 6)); do
    name=${fields[index + 5]}
    if ((fields[index + 4])); then
      notice "database $name is not in the image: it was left half dropped and nobody can connect to it; drop it for good with DROP DATABASE"
      continue
    fi
    if ! ((fields[index + 3])); then
      hidden+=${hidden:+, }$name
      continue
    fi
    clean_line "$name"
    [[ $REPLY == "${name//[$'\x01'-$'\x1f'$'\x7f']/ }" ]] ||
      fail "$FINAL" "the name of database $name is not valid UTF-8; rename it, then take the image again"
    DATABASES+=("${fields[index]}")
    DATABASE_ENCODING[${fields[index]}]=${fields[index + 1]}
    DATABASE_SIZE[${fields[index]}]=${fields[index + 2]}
    DATABASE_NAME[${fields[index]}]=$name
    ((DATABASE_BYTES += fields[index + 2])) || true
    printf '%s\0' "${fields[index]}" "${fields[index + 1]}" "${fields[index + 2]}" "$name" >>image/databases.nul
  done
  [[ -z $hidden ]] ||
    fail "$FINAL" "databases that take no connections cannot be dumped: $hidden. Allow it with ALTER DATABASE ... ALLOW_CONNECTIONS true, or drop them"
  local -A has=()
  for name in "${DATABASE_NAME[@]}"; do has[$name.]=1; done
  for name in postgres template1; do
    [[ -n ${has[$name.]-} ]] || notice "the server has no database $name; a restored one has"
  done

  read_fields tablespaces
  for name in "${FIELDS[@]}"; do
    notice "tablespace $name: what lies in it comes back in the default tablespace"
  done

  ask server encoding "SET client_encoding = 'UTF8';"
  ask_file server server-json server.sql
  ask_file server details-json server-details.sql
  ask server version "SELECT current_setting('server_version');"
  read_fields version
  SERVER_VERSION=${FIELDS[0]}
  iconv -f UTF-8 -t UTF-8 <server-json >/dev/null || fail "$FINAL" 'a name in the catalogue is not valid UTF-8'
}

# Roles are read when every dump has its snapshot: who owns something in a dump and is not in the list any more was dropped
# or renamed meanwhile, and the dump could not be loaded.
dump_roles() {
  local oid index name file
  local -A before=() kept=()
  progress "$DATABASE_BYTES" 'dumping roles'
  ask server encoding "SET client_encoding = '$MAINTENANCE_ENCODING';"
  ask_file server roles-before roles.sql
  pg_dumpall --no-password --roles-only --encoding="$MAINTENANCE_ENCODING" --database="$MAINTENANCE" \
    --no-sync --file=image/roles.sql 2>dumpall.err || {
    first_error dumpall.err
    fail 1 "the roles could not be dumped: $REPLY"
  }
  ask_file server roles-after roles.sql
  close_session server
  read_fields roles-before
  for ((index = 0; index < ${#FIELDS[@]}; index += 2)); do before[${FIELDS[index]}]=${FIELDS[index + 1]}; done
  read_fields roles-after
  for ((index = 0; index < ${#FIELDS[@]}; index += 2)); do
    oid=${FIELDS[index]} name=${FIELDS[index + 1]}
    [[ ${before[$oid]-} != "$name" ]] || kept[$oid]=$name
  done
  for oid in "${DATABASES[@]}"; do
    file=roles.$oid
    read_fields "$file"
    for ((index = 0; index < ${#FIELDS[@]}; index += 2)); do
      name=${FIELDS[index + 1]}
      [[ ${kept[${FIELDS[index]}]-} == "$name" ]] ||
        fail 1 "role $name was dropped or renamed while the image was taken, and database ${DATABASE_NAME[$oid]} names it; take the image again"
    done
  done
  grep -q '^ALTER ROLE ' image/roles.sql || fail 1 'the list of roles is not whole'
}

write_server_json() {
  local facts details
  read_fields server-json
  facts=${FIELDS[0]}
  read_fields details-json
  details=${FIELDS[0]}
  notices_json
  printf '{"server":%s,"details":%s,"notices":%s}\n' "$facts" "$details" "$REPLY" >image/server.json
}

# Data first, the list of what there must be last.
upload() {
  begin_phase upload "$FILES_BYTES"
  blob_url ''
  azcopy_copy "$WORK/image/*" "$REPLY" --recursive --put-md5 --check-length=false --from-to=LocalBlob
  blob_url checksums.tsv
  azcopy_copy "$WORK/checksums.tsv" "$REPLY" --put-md5 --check-length=false --from-to=LocalBlob
  end_phase
}

# What the server said of itself was made by its JSON functions; what is added here is digits, dates and JSON strings.
report() {
  local size md5 sha256 facts
  size=$(stat --printf=%s checksums.tsv)
  md5=$(md5sum <checksums.tsv)
  sha256=$(sha256sum <checksums.tsv)
  read_fields server-json
  facts=${FIELDS[0]}
  read_state
  notices_json
  say_result "$(printf '{"startedAt":"%s","finishedAt":"%s","checksums":{"sizeBytes":%s,"md5":"%s","sha256":"%s"},"tools":{"pg_dump":"%s","azcopy":"%s"},"extensions":%s,"durable":%s,"notices":%s,%s' \
    "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$size" "${md5%% *}" "${sha256%% *}" \
    "$PG_DUMP_VERSION" "$AZCOPY_VERSION" "$EXTENSIONS" "$DURABLE" "$REPLY" "${facts#\{}")"
}

main
