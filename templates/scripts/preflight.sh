#!/usr/bin/env bash
# Tries, from where jobs run, all that jobs depend on: the tools, the identity, writing to the blob store and reading back.
# What it is given and says stands in README.md.
#
# Parameters: TOYGRES_IMAGE_URL TOYGRES_POSTGRES_VERSION; secrets: sas, read-sas (optional).
set -Eeuo pipefail
SCRIPTS=$(cd -- "${BASH_SOURCE[0]%/*}" && pwd)
readonly SCRIPTS
# shellcheck source=lib/control.sh
source "$SCRIPTS/lib/control.sh"
# shellcheck source=lib/azcopy.sh
source "$SCRIPTS/lib/azcopy.sh"

link='tools'
# azcopy.sh closes the lanes' channel in the programs that it starts; here are none.
exec {EVENTS}>/dev/null

# Every failure is the last word on its link, and trying again would only take time.
fail() {
  local text=${2//\\n/ }
  text=${text//\\\//\/}
  store_code
  [[ -z $REPLY || $text == *"$REPLY"* ]] || text+=" ($REPLY)"
  cause "$text"
  say_error "$link: $REPLY"
  ended=true
  exit "$FINAL"
}

# store_code: REPLY is the code of the store's refusal, or nothing: its words can be lost on the way, as HTTP/2 has none.
store_code() {
  local log line
  REPLY=''
  for log in "$AZCOPY_LOG_LOCATION"/*.log; do
    [[ -r $log ]] || continue
    while IFS= read -r line; do
      [[ ! $line =~ \<Code\>([A-Za-z]+)\< ]] || REPLY=${BASH_REMATCH[1]}
    done <"$log"
  done
}

need TOYGRES_IMAGE_URL 'https?://[^?]+[^?/]'
need TOYGRES_POSTGRES_VERSION '[1-9][0-9]'

main() {
  begin_phase tools 1
  check_tools
  end_phase
  begin_phase identity 1
  check_identity
  end_phase

  printf 'written by the preflight of Toygres\n' >probe
  begin_phase write "$(stat --printf=%s probe)"
  trial_url sas
  azcopy_copy "$WORK/probe" "$REPLY" --put-md5 --check-length=false --from-to=LocalBlob
  log 'The blob store took a file'
  end_phase

  begin_phase read "$(stat --printf=%s probe)"
  trial_url read-sas
  # As a restore does it: listed, then read.
  azcopy_copy "${REPLY/\/probe/}" "$WORK/back" --recursive --check-md5=FailIfDifferentOrMissing --from-to=BlobLocal
  cmp -s probe back/*/probe || cmp -s probe back/probe || fail "$FINAL" 'what was read is not what was written'
  log 'The blob store gave it back as it was'
  end_phase
  say_result "{\"azcopy\":\"$AZCOPY_VERSION\",\"postgres\":\"$POSTGRES_VERSION\",\"identity\":\"$IDENTITY\"}"
}

# Whatever a backup, a restore or a verification calls.
check_tools() {
  local tool missing=''
  for tool in azcopy pg_dump pg_dumpall pg_restore psql initdb postgres pg_ctl iconv sha256sum md5sum find grep; do
    command -v "$tool" >/dev/null || missing+=${missing:+, }$tool
  done
  [[ -z $missing ]] || fail "$FINAL" "not found in the job's image: $missing"
  POSTGRES_VERSION=$(pg_dump --version) || fail "$FINAL" 'pg_dump cannot be run'
  POSTGRES_VERSION=${POSTGRES_VERSION#pg_dump (PostgreSQL) }
  POSTGRES_VERSION=${POSTGRES_VERSION%% *}
  [[ ${POSTGRES_VERSION%%[!0-9]*} == "$TOYGRES_POSTGRES_VERSION" ]] ||
    fail "$FINAL" "the job's image has the programs of PostgreSQL $POSTGRES_VERSION, not of $TOYGRES_POSTGRES_VERSION"
  azcopy_version
  AZCOPY_VERSION=$REPLY
  log "The tools are there: PostgreSQL $POSTGRES_VERSION, azcopy $AZCOPY_VERSION"
}

# Who the job is to the blob store: the bearer of a signature, or what the cluster made of its service account.
check_identity() {
  local name missing=''
  if [[ -r $TOYGRES_SECRETS_DIR/sas ]]; then
    IDENTITY='signature'
    link='signature'
    log 'The job has a signature for the blob store'
    return
  fi
  IDENTITY='workload identity'
  link='workload identity'
  [[ -n ${AZCOPY_AUTO_LOGIN_TYPE-} ]] ||
    fail "$FINAL" 'the job has neither a signature for the blob store nor AZCOPY_AUTO_LOGIN_TYPE'
  if [[ $AZCOPY_AUTO_LOGIN_TYPE == WORKLOAD ]]; then
    for name in AZURE_CLIENT_ID AZURE_TENANT_ID AZURE_FEDERATED_TOKEN_FILE; do
      [[ -n ${!name-} ]] || missing+=${missing:+, }$name
    done
    [[ -z $missing ]] || fail "$FINAL" "not set in the job's pod: $missing"
    [[ -s $AZURE_FEDERATED_TOKEN_FILE && -r $AZURE_FEDERATED_TOKEN_FILE ]] ||
      fail "$FINAL" "the token file $AZURE_FEDERATED_TOKEN_FILE cannot be read, or is empty"
  fi
  log "The job signs in by $AZCOPY_AUTO_LOGIN_TYPE as ${AZURE_CLIENT_ID:-itself}"
}

# trial_url SECRET: REPLY is the URL of the file that is tried with, with the leave to use it.
trial_url() {
  local sas=''
  if [[ -r $TOYGRES_SECRETS_DIR/$1 ]]; then
    read_secret "$1"
    sas=${REPLY%$'\n'}
  fi
  REPLY=$TOYGRES_IMAGE_URL/probe${sas:+?$sas}
}

main
