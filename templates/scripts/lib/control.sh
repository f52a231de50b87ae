# shellcheck shell=bash
# What a script says, and how it ends. Sourced first.

# Set in bash 5.2: an & in a replacement would stand for the match.
shopt -u patsub_replacement 2>/dev/null || true
umask 077
# Messages of all tools in English, bytes as bytes.
export LC_ALL=C
unset LANGUAGE PGCLIENTENCODING PGOPTIONS PGSERVICE PGDATABASE

readonly FINAL=78
readonly MAIN_PID=$BASHPID
readonly CONTROL_MARK='::toygres::'
LANE=main
ended=false
progress_said=''
phase_name='' phase_total=0 phase_done=0 phase_said=0 phase_unit=bytes
failed_command=''

: "${TOYGRES_SCRATCH_DIR:?is not set}" "${TOYGRES_SECRETS_DIR:?is not set}"
WORK=$TOYGRES_SCRATCH_DIR/work
rm -rf -- "$WORK"
mkdir -p -- "$WORK"
cd -- "$WORK" || exit
# The tools that are not listened to write here: the last line of it is the cause when one of them fails.
exec 2>stderr

# clean_line TEXT: REPLY is TEXT as one line of valid UTF-8 without control characters, at most 2000 bytes.
clean_line() {
  REPLY=${1:0:2000}
  REPLY=${REPLY//[$'\x01'-$'\x1f'$'\x7f']/ }
  if [[ $REPLY == *[$'\x80'-$'\xff']* ]]; then
    # A cut may have gone through a character: up to three bytes too many.
    local cut
    for cut in 0 1 2 3; do
      if iconv -f UTF-8 -t UTF-8 <<<"${REPLY:0:${#REPLY}-cut}" >/dev/null 2>&1; then
        REPLY=${REPLY:0:${#REPLY}-cut}
        return
      fi
    done
    REPLY=${REPLY//[$'\x80'-$'\xff']/?}
  fi
}

# json_string TEXT: REPLY is TEXT as a JSON string.
json_string() {
  clean_line "$1"
  REPLY=${REPLY//\\/\\\\}
  REPLY="\"${REPLY//\"/\\\"}\""
}

# log TEXT: a line for users, which is never taken for a control line.
log() {
  clean_line "$1"
  [[ $REPLY != "$CONTROL_MARK"* ]] || REPLY=" $REPLY"
  printf '%s\n' "$REPLY"
}

# say_error TEXT: the cause, for the record and in the log: who follows the log is to see why it ends.
say_error() {
  log "error: $1"
  clean_line "$1"
  printf '%s error %s\n' "$CONTROL_MARK" "$REPLY"
}

# cause TEXT: REPLY is TEXT, and that a disk is full where one is, for then the text may say anything, or nothing.
cause() {
  local place available
  REPLY=$1
  [[ $1 != *'No space left'* ]] || return 0
  # PostgreSQL's words for a page of which only a part found room; by now it has given the room back.
  if [[ $1 == *'could not extend file'*'wrote only'* ]]; then
    REPLY+=' (No space left on device)'
    return 0
  fi
  for place in "$TOYGRES_SCRATCH_DIR" "${TOYGRES_VOLUME-}"; do
    [[ -n $place ]] || continue
    available=$(df --output=avail -B1 -- "$place" 2>/dev/null | tail -n 1) || continue
    # Where little is left the number is narrower than its heading, and padded.
    available=${available// /}
    [[ $available =~ ^[0-9]+$ ]] || continue
    if ((available < 65536)); then
      REPLY+=" (No space left on device: $place is full)"
      return 0
    elif ((available < 67108864)); then
      # Whoever ran out of room has given some of it back by ending: a server that died of it, its unfinished log segments.
      REPLY+=" (only $((available / 1024)) kB of space are left on the device of $place)"
      return 0
    fi
  done
}

# fail STATUS TEXT: ends the script with the cause. In a lane it ends the lane, and the script with it.
fail() {
  cause "$2"
  if [[ $LANE == main ]]; then
    say_error "$REPLY"
    ended=true
  else
    tell_failure "$REPLY"
  fi
  exit "$1"
}

# begin_phase NAME TOTAL [percent]: from now on progress is of this phase, in bytes or in percent of TOTAL.
begin_phase() {
  phase_name=$1 phase_total=$(($2 > 0 ? $2 : 1)) phase_unit=${3:-bytes} phase_done=0
  say_progress 0 ''
}

# progress DONE TEXT: at most once a second, and only what is new; never falls and never reaches the total, which is end_phase's to say.
progress() {
  local done=$1 now=${EPOCHREALTIME/[.,]/}
  ((done < phase_total)) || done=$((phase_total - 1))
  ((done > phase_done)) || done=$phase_done
  phase_done=$done
  ((now - phase_said >= 1000000)) || return 0
  say_progress "$done" "$2"
}

end_phase() { say_progress "$phase_total" ''; }

say_progress() {
  local bytes_done=$1 bytes_total=$phase_total percent=null message=null line
  if [[ $phase_unit == percent ]]; then
    percent=$((bytes_done * 100 / bytes_total))
    bytes_done=null bytes_total=null
  fi
  if [[ -n $2 ]]; then
    json_string "$2"
    message=$REPLY
  fi
  printf -v line '{"phase":"%s","bytesDone":%s,"bytesTotal":%s,"percent":%s,"message":%s}' \
    "$phase_name" "$bytes_done" "$bytes_total" "$percent" "$message"
  # Saying the same again would look like work to whoever watches for a stall.
  [[ $line != "$progress_said" ]] || return 0
  progress_said=$line
  phase_said=${EPOCHREALTIME/[.,]/}
  printf '%s progress %s\n' "$CONTROL_MARK" "$line"
}

# say_result JSON: the last thing before exit 0.
say_result() {
  printf '%s result %s\n' "$CONTROL_MARK" "$1"
  ended=true
}

# last_line FILE: REPLY is the last line of the file that holds anything.
last_line() {
  local line
  REPLY=''
  [[ -r $1 ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    [[ -z ${line//[[:space:]]/} ]] || REPLY=$line
  done <"$1"
}

# first_error FILE: REPLY is the first line that says error, fatal or panic, without the place where it was read, and
# what the server said of it where that follows; else the last line; else nothing.
first_error() {
  local line found='' detail='' last=''
  [[ -r $1 ]] || { REPLY=''; return 0; }
  while IFS= read -r line || [[ -n $line ]]; do
    [[ -z ${line//[[:space:]]/} ]] || last=$line
    if [[ -n $found ]]; then
      if [[ $line =~ ^[a-z_]+:\ detail:\ Error\ message\ from\ server:\ (ERROR:\ +)?(.*) ]]; then
        detail=${BASH_REMATCH[2]}
      elif [[ $line =~ ^DETAIL:\ +(.*) ]]; then
        detail=${BASH_REMATCH[1]}
      fi
      break
    elif [[ $line =~ (^|: )(ERROR|FATAL|PANIC|error|fatal|could\ not):?\ *(.*) ]]; then
      found=${line#*: error: }
      found=${found#psql:*: }
      found=${found#psql: }
    fi
  done <"$1"
  REPLY=${found:-$last}${detail:+: $detail}
}

# descendants: REPLY holds the ids of all living processes below the main one, whoever started them.
descendants() {
  local pid stat line children
  local -a left=("$MAIN_PID")
  local -A below=()
  REPLY=''
  if [[ ! -r /proc/self/task/$BASHPID/children && ! -r /proc/$MAIN_PID/task/$MAIN_PID/children ]]; then
    # A kernel without lists of children: one look at every process for its parent.
    for stat in /proc/[0-9]*/stat; do
      { IFS= read -r line <"$stat"; } 2>/dev/null || continue
      pid=${line%% *}
      line=${line##*) }
      [[ $line != Z* ]] || continue
      line=${line#* }
      below[${line%% *}]+=" $pid"
    done
  fi
  while ((${#left[@]} > 0)); do
    pid=${left[0]}
    left=("${left[@]:1}")
    children=${below[$pid]-}
    { read -r children <"/proc/$pid/task/$pid/children"; } 2>/dev/null || true
    for pid in $children; do
      left+=("$pid")
      REPLY+=" $pid"
    done
  done
}

# work_done: REPLY is the processor time of all of them, in ticks: it stands still when nothing is done.
work_done() {
  local pid line sum=0
  local -a values
  descendants
  for pid in $REPLY; do
    { IFS= read -r line <"/proc/$pid/stat"; } 2>/dev/null || continue
    read -r -a values <<<"${line##*) }"
    ((sum += values[11] + values[12])) || true
  done
  REPLY=$sum
}

# end_children: ends everything that was started, gently for two seconds.
end_children() {
  local begun=$EPOCHSECONDS asked=false
  local -a pids
  while ((EPOCHSECONDS - begun < 20)); do
    descendants
    read -r -a pids <<<"$REPLY"
    ((${#pids[@]} > 0)) || return 0
    if [[ $asked == false ]]; then kill -TERM "${pids[@]}"; fi
    if ((EPOCHSECONDS - begun > 2)); then kill -KILL "${pids[@]}"; fi
    asked=true
    sleep 0.05
  done 2>/dev/null
}

# A script may add to these what has to be asked to end in a way of its own, and what has to go besides processes.
ask_to_end() { :; }
clean_up() { :; }

on_exit() {
  local status=$?
  trap - EXIT ERR
  trap '' TERM INT HUP
  set +e
  if ((status != 0)) && [[ $ended == false ]]; then
    [[ -z $failed_command ]] || log "$failed_command"
    last_line "$WORK/stderr"
    cause "${REPLY:-${failed_command:-the script ended with exit status $status}}"
    say_error "$REPLY"
  fi
  ask_to_end
  end_children
  clean_up
  exit "$status"
}

on_error() {
  local status=$?
  failed_command="${BASH_SOURCE[1]##*/} line ${BASH_LINENO[0]}: $BASH_COMMAND ended with exit status $status"
  if [[ $LANE != main && $BASHPID == "${LANE_PID-}" ]]; then
    last_line "stderr.$LANE"
    cause "${REPLY:-$failed_command}"
    tell_failure "$REPLY"
  fi
}

on_signal() {
  trap '' TERM INT HUP
  say_error "ended by signal $1"
  ended=true
  exit $((128 + $2))
}

trap on_exit EXIT
trap on_error ERR
trap 'on_signal TERM 15' TERM
trap 'on_signal INT 2' INT
trap 'on_signal HUP 1' HUP

# need NAME PATTERN: ends the script unless the parameter matches the whole extended regular expression.
need() {
  [[ ${!1-} =~ ^($2)$ ]] || fail "$FINAL" "parameter $1 is missing or not understood"
}

# read_secret NAME: REPLY is the content, byte for byte.
read_secret() {
  [[ -r $TOYGRES_SECRETS_DIR/$1 ]] || fail "$FINAL" "the job was started without the secret $1"
  IFS= read -r -d '' REPLY <"$TOYGRES_SECRETS_DIR/$1" || true
}
