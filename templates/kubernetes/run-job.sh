#!/usr/bin/env bash
# Runs one attempt of a job in its container: run-job.sh SCRIPT. Gives the script what scripts/README.md promises, passes
# on what it prints without its secrets, keeps its deadline, and ends everything it started.
#
# TOYGRES_FAILURES and TOYGRES_DISRUPTIONS: attempts before this one, empty for none. TOYGRES_DEADLINE_SECONDS.
# /secrets: the secrets, as the cluster gives them. /dev/termination-log: the cause, for who comes when the log is gone.
set -u
shopt -s extglob nullglob
umask 077

readonly script=$1
readonly said=/run/toygres/said
reason=
script_pid=
trap 'reason=${reason:-end}' TERM INT

export TOYGRES_ATTEMPT=$((${TOYGRES_FAILURES:-0} + ${TOYGRES_DISRUPTIONS:-0} + 1))
export TOYGRES_SECRETS_DIR=/run/toygres/secrets TOYGRES_SCRATCH_DIR=/scratch/job
export HOME=$TOYGRES_SCRATCH_DIR TMPDIR=$TOYGRES_SCRATCH_DIR
readonly deadline=$TOYGRES_DEADLINE_SECONDS
unset TOYGRES_FAILURES TOYGRES_DISRUPTIONS TOYGRES_DEADLINE_SECONDS

# shellcheck source-path=SCRIPTDIR source=../local/record.sh
source /toygres/local/record.sh

prepare() {
  local file
  mkdir -p "$TOYGRES_SECRETS_DIR" "$TOYGRES_SCRATCH_DIR" || exit 1
  # The cluster mounts them as links to files that the group may read.
  for file in /secrets/*; do cat "$file" >"$TOYGRES_SECRETS_DIR/${file##*/}" || exit 1; done
}

# Passes on what the script prints, cut to what a log can bear; what a control line says at the end is kept as well.
pass_on() {
  local line rest limit=4194304 shown=65536
  # shellcheck disable=SC2034 # what load_secrets fills and mask reads
  local -a secrets
  trap '' TERM INT
  load_secrets
  while IFS= read -r -n "$limit" line || [[ -n $line ]]; do
    if ((${#line} >= limit)); then
      while IFS= read -r -n 65536 rest && ((${#rest} == 65536)); do :; done
    fi
    mask
    case $line in
      '::toygres:: error '*) printf '%s\n' "${line:0:4000}" >"$said.error" ;;
      '::toygres:: result '*) printf '%s\n' "$line" >"$said.result" ;;
      '::toygres:: '*) ;;
      *) ((${#line} > shown)) && line="${line:0:shown} [cut]" ;;
    esac
    printf '%s\n' "$line"
  done
}

# We are the first process of the container: all others are the script's, whatever they did to hide.
end_all() {
  local tries
  kill -TERM -- "-$script_pid" 2>/dev/null
  for ((tries = 0; tries < 30; tries++)); do
    kill -0 -- "-$script_pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$script_pid" 2>/dev/null
}

leave() { # STATUS
  local file
  for file in "$said.error" "$said.result"; do
    # More than 4096 bytes the cluster does not keep.
    if [[ -s $file && $(stat -c %s "$file") -le 4000 ]]; then cat "$file" >/dev/termination-log; break; fi
  done
  exit "$1"
}

prepare
mkfifo /run/toygres/pipe
pass_on </run/toygres/pipe &
passer=$!
(
  trap - TERM INT
  cd "$TOYGRES_SCRATCH_DIR" || exit 1
  exec setsid bash "$script"
) >/run/toygres/pipe 2>&1 </dev/null &
script_pid=$!
sleep "$deadline" >/dev/null 2>&1 &
timer=$!

status=
while [[ -z $reason && -z $status ]]; do
  wait -n -p done_pid "$script_pid" "$timer"
  code=$?
  case ${done_pid-} in
    "$script_pid") status=$code ;;
    "$timer") reason=${reason:-deadline} ;;
  esac
done
kill "$timer" 2>/dev/null
end_all
if [[ -z $status ]]; then
  wait "$script_pid" 2>/dev/null
  status=$?
fi
# It ends when nobody holds the pipe any more; a process that hid from us must not keep the job from its end.
for ((tries = 0; tries < 20; tries++)); do
  kill -0 "$passer" 2>/dev/null || break
  sleep 0.1
done
kill -KILL "$passer" 2>/dev/null
wait "$passer" 2>/dev/null

if [[ $reason == deadline ]]; then
  rm -f "$said.error"
  echo '::toygres:: deadline'
  echo '::toygres:: deadline' >"$said.error"
  leave 78
fi
[[ $reason != end ]] || leave 143
if [[ $status == 0 && ! -s $said.result ]]; then
  [[ -s $said.error ]] || echo '::toygres:: silent'
  leave 1
fi
leave "$status"
