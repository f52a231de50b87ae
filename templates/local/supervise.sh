#!/usr/bin/env bash
# Runs one job of the local platform to its end, whether or not the control plane lives: attempts, deadline, log, state.
#
# supervise.sh RUN_DIR LOGS_DIR SCRATCH_DIR SCRIPT ATTEMPTS FAILURES FIRST_ATTEMPT DEADLINE_SECONDS SLOTS_DIR SLOTS ORDER
#
# The environment is the script's own, but for TOYGRES_ATTEMPT, TOYGRES_SCRATCH_DIR, HOME and TMPDIR, set per attempt.
# SIGTERM ends the job; RUN_DIR/request says as what: "cancel" or "interrupt" (also when it says nothing).
# RUN_DIR/end is written last, when no process, no secret and no scratch file of the job is left.
set -u
shopt -s extglob nullglob
umask 077
LC_ALL=C

run=$1 logs=$2 scratch_root=$3 script=$4 attempts=$5 failures=$6 attempt=$7 deadline=$8 slots_dir=$9 slots=${10} order=${11}

# Descriptors 7, 8 and 9 hold locks: every child closes them, so that they end with this process.
exec 7>"$run/lock"
flock --wait 5 7 || exit 0

reason=
trap 'read -r reason <"$run/request" || reason=interrupt' TERM
trap '' HUP INT PIPE

write_whole() { # FILE TEXT
  printf '%s\n' "$2" >"$1.new" && mv -f "$1.new" "$1"
}

# Whether the start that this is of counts still.
is_ordered() {
  local standing=
  { read -r standing <"$run/order"; } 2>/dev/null
  [[ $standing == "$order" ]]
}

pause() { # SECONDS; ends early on a signal
  sleep "$1" 7>&- 8>&- 9>&- &
  wait $!
  kill $! 2>/dev/null
}

# shellcheck source-path=SCRIPTDIR source=members.sh
source "${BASH_SOURCE[0]%/*}/members.sh"
# shellcheck source-path=SCRIPTDIR source=record.sh
source "${BASH_SOURCE[0]%/*}/record.sh"

# ---- one attempt ---------------------------------------------------------------------------------------------------

run_attempt() { # sets `status`; sets `reason` when the job must end
  local directory=$logs/$attempt recorder tries done_pid code
  scratch=$scratch_root/$attempt
  seen=' '
  # The job was removed before it was known that we live: nothing of it is to be made anew.
  [[ -d $run ]] || finish CANCELLED cancel
  rm -rf "$scratch" "$run/pipe"
  mkdir -p "$directory" "$scratch"
  mkfifo "$run/pipe"
  write_whole "$directory/started" "$EPOCHREALTIME"
  record "$directory" <"$run/pipe" 7>&- 8>&- 9>&- &
  recorder=$!
  (
    trap - TERM HUP INT PIPE
    cd "$scratch" || exit 1
    export TOYGRES_ATTEMPT=$attempt TOYGRES_SCRATCH_DIR=$scratch HOME=$scratch TMPDIR=$scratch
    exec setsid bash "$script"
  ) >"$run/pipe" 2>&1 </dev/null 7>&- 8>&- 9>&- &
  script_pid=$!
  status=
  while [[ -z $reason && -z $status ]]; do
    wait -n -p done_pid "$script_pid" "$timer"
    code=$?
    case ${done_pid-} in
      "$script_pid") status=$code ;;
      "$timer") reason=${reason:-deadline} ;;
    esac
  done
  end_members
  if [[ -z $status ]]; then
    wait "$script_pid" 2>/dev/null
    status=$?
  fi
  # It ends when nobody holds the pipe any more; a process that hid from us must not keep the job from its end.
  for ((tries = 0; tries < 40; tries++)); do
    kill -0 "$recorder" 2>/dev/null || break
    pause 0.05
  done
  kill -KILL "$recorder" 2>/dev/null
  wait "$recorder" 2>/dev/null
  rm -rf "$scratch" "$run/pipe"
  write_whole "$directory/exit" "$status $EPOCHREALTIME"
}

finish() { # STATE CAUSE
  kill "$timer" 2>/dev/null
  rm -rf "${TOYGRES_SECRETS_DIR:?}"/* "${scratch_root:?}"/* "$run/pipe"
  write_whole "$run/end" \
    "{\"state\":\"$1\",\"cause\":\"$2\",\"failures\":$failures,\"finishedAt\":$EPOCHREALTIME}"
  exit 0
}

finish_for_reason() {
  case $reason in
    '') return ;;
    cancel) finish CANCELLED cancel ;;
    deadline) finish FAILED deadline ;;
    *) finish INTERRUPTED interrupt ;;
  esac
}

# ---- the job -------------------------------------------------------------------------------------------------------

timer=
read -r stat </proc/$$/stat
read -r -a fields <<<"${stat##*) }"
read -r boot </proc/sys/kernel/random/boot_id
# Who cancels, removes or starts the job anew takes our order away and then looks for us: so we note ourselves in between.
is_ordered || exit 0
write_whole "$run/supervisor" "$$ ${fields[19]} $boot" || exit 0
if ! is_ordered; then
  rm -f "$run/supervisor"
  exit 0
fi
# Only now: in between, an interrupted job would look as if it had never been.
rm -f "$run/end"

# First come, first served: one waits for a slot at a time, the others wait for its place in the kernel's queue.
exec 8>"$slots_dir/queue"
flock 8 7>&- 9>&- &
waiting=$!
wait "$waiting"
kill "$waiting" 2>/dev/null
while [[ -z $reason ]]; do
  for ((slot = 0; slot < slots; slot++)); do
    exec 9>"$slots_dir/$slot"
    flock --nonblock 9 7>&- 8>&- && break 2
    exec 9>&-
  done
  pause 0.2
done
exec 8>&-
finish_for_reason

sleep "$deadline" 7>&- 8>&- 9>&- &
timer=$!
write_whole "$run/running" "$EPOCHREALTIME"

while :; do
  run_attempt
  finish_for_reason
  if [[ $status == 0 && -f $logs/$attempt/result ]]; then finish SUCCEEDED exit; fi
  failures=$((failures + 1))
  if [[ $status == 78 ]] || ((failures >= attempts)); then finish FAILED exit; fi
  pause "$((failures < 5 ? failures * 2 - 1 : 10))"
  finish_for_reason
  if ! kill -0 "$timer" 2>/dev/null; then reason=deadline; fi
  finish_for_reason
  attempt=$((attempt + 1))
done
