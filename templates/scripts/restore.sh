#!/usr/bin/env bash
# Makes a cluster on a volume from a logical image, and leaves it stopped and durable. What it is given, says and leaves
# stands in README.md.
#
# Parameters: TOYGRES_VOLUME PGUSER TOYGRES_IMAGE_URL TOYGRES_IMAGE_ID TOYGRES_PARALLEL TOYGRES_CHECKSUMS_SHA256
# TOYGRES_ENCODING TOYGRES_LOCALE_PROVIDER TOYGRES_LC_COLLATE TOYGRES_LC_CTYPE TOYGRES_LOCALE TOYGRES_ICU_RULES
# TOYGRES_DATA_CHECKSUMS TOYGRES_DURABLE_FUNCTIONS TOYGRES_ALLOW_EXTENSION_UPGRADE; secrets: password, sas (optional).
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

export PGUSER=${PGUSER:-postgres}
need TOYGRES_VOLUME '/.+'
need TOYGRES_IMAGE_ID '[A-Za-z0-9._-]+'
need TOYGRES_IMAGE_URL 'https?://[^?]+[^?/]'
need TOYGRES_PARALLEL '[1-9]|[1-5][0-9]|6[0-4]'
need TOYGRES_CHECKSUMS_SHA256 '[0-9a-f]{64}'
need TOYGRES_ENCODING '[A-Za-z0-9_-]+'
need TOYGRES_LOCALE_PROVIDER 'libc|icu|builtin'
need TOYGRES_LC_COLLATE '.+'
need TOYGRES_LC_CTYPE '.+'
need TOYGRES_DATA_CHECKSUMS 'true|false'
[[ $TOYGRES_LOCALE_PROVIDER == libc ]] || need TOYGRES_LOCALE '.+'
need TOYGRES_DURABLE_FUNCTIONS 'RESUME|CANCEL'
need TOYGRES_ALLOW_EXTENSION_UPGRADE 'true|false'

# shellcheck source=lib/volume.sh
source "$SCRIPTS/lib/volume.sh"
# shellcheck source=lib/throwaway.sh
source "$SCRIPTS/lib/throwaway.sh"
# shellcheck source=lib/settings.sh
source "$SCRIPTS/lib/settings.sh"
# shellcheck source=lib/load-state.sh
source "$SCRIPTS/lib/load-state.sh"
# shellcheck source=lib/tool.sh
source "$SCRIPTS/lib/tool.sh"
# shellcheck source=lib/load.sh
source "$SCRIPTS/lib/load.sh"

main() {
  local result
  read_version
  adopt_volume
  read_secret password
  [[ -n $REPLY && $REPLY != *$'\n'* ]] || fail "$FINAL" 'the recorded password is empty or has more than one line'
  write_passfile "$REPLY"

  # The empty cluster takes a second that costs nothing beside the download.
  start_lane cluster make_cluster
  local cluster=$!
  download
  check_checksums "$WORK/image" checksums.tsv
  wait_for_cluster "$cluster"

  read_databases
  read_settings
  begin_phase restore "$DATABASE_BYTES"
  make_socket_directory
  export PGHOST=$SOCKETS PGPORT=5432
  use_options "$SERVER_MAJOR"
  PGOPTIONS+=' -c session_preload_libraries= -c local_preload_libraries='
  start_loading_server ''
  make_helper
  preload_libraries
  check_extension_versions
  log "Restoring ${#DATABASES[@]} databases"
  load_roles
  load_databases
  end_phase

  begin_phase analyze "$DATABASE_BYTES" percent
  analyze_databases
  check_password
  restore_settings
  drop_helper
  stop_server
  prove_settings
  notices_json
  result="{\"databases\":${#DATABASES[@]},\"notices\":$REPLY}"
  finish_volume "$result"
  end_phase
  say_result "$result"
}

read_version() {
  local output
  output=$(postgres --version) || fail "$FINAL" 'postgres cannot be run here'
  output=${output#*) }
  SERVER_MAJOR=${output%%[!0-9]*}
}

wait_for_cluster() {
  local status=0
  wait "$1" || status=$?
  hear 0.001
  ((status == 0)) || fail "$status" "${LANE_FAILURE[cluster]:-the new cluster could not be made}"
}

# The whole image into scratch space. The manifest is the control plane's and no part of it.
download() {
  local sum
  mkdir -p image
  blob_url '*'
  azcopy_copy "$REPLY" "$WORK/image" --recursive --from-to=BlobLocal --exclude-regex='^manifest\.json$'
  end_phase
  compgen -G 'image/*' >/dev/null || fail "$FINAL" 'the blob store holds no file of this image'
  [[ -f image/checksums.tsv ]] || fail "$FINAL" 'the image is damaged: missing checksums.tsv'
  mv -- image/checksums.tsv checksums.tsv
  sum=$(sha256sum <checksums.tsv)
  [[ ${sum%% *} == "$TOYGRES_CHECKSUMS_SHA256" ]] ||
    fail "$FINAL" 'the image is damaged: checksums.tsv is not what was written (SHA-256 differs)'
}

main
