# shellcheck shell=bash
# Work that runs side by side. A lane is a process of its own which works on one item and tells the main process what
# happens; only the main process prints.

mkfifo events
exec {EVENTS}<>events
declare -A LANE_DONE=()
LANES_MESSAGE=''

# For lanes: one event is one line, short enough to be written whole.
tell_log() {
  clean_line "$1"
  printf 'log %s\n' "$REPLY" >&"$EVENTS"
}
# tell_progress DONE TEXT: DONE of the lane's item, in the unit of the phase.
tell_progress() {
  clean_line "$2"
  printf 'progress %s %s %s\n' "$LANE" "$1" "$REPLY" >&"$EVENTS"
}
tell_notice() {
  clean_line "$1"
  printf 'notice %s\n' "$REPLY" >&"$EVENTS"
}
tell_failure() {
  clean_line "$1"
  printf 'failure %s %s\n' "$LANE" "$REPLY" >&"$EVENTS"
}

NOTICES=()
# notice TEXT: for the result, once.
notice() {
  local known
  clean_line "$1"
  local text=$REPLY
  for known in "${NOTICES[@]}"; do [[ $known != "$text" ]] || return 0; done
  NOTICES+=("$text")
  log "notice: $text"
}

# notices_json: REPLY is the array of all notices.
notices_json() {
  local text list=''
  for text in "${NOTICES[@]}"; do
    json_string "$text"
    list+=${list:+,}$REPLY
  done
  REPLY="[$list]"
}

declare -A LANE_FAILURE=()
# hear SECONDS: takes what lanes tell, waiting at most so long for something. Nothing is read with a timeout but the first
# byte, since what is read of a line before its time is over is lost; the rest of it is there, for lines are written whole.
hear() {
  local line begin='' lane rest sum one
  if ! read -r -t 0 -u "$EVENTS"; then
    IFS= read -r -t "$1" -n 1 -u "$EVENTS" begin || true
  fi
  while [[ -n $begin ]] || read -r -t 0 -u "$EVENTS"; do
    IFS= read -r -u "$EVENTS" line
    line=$begin$line begin=''
    case $line in
      'log '*) log "${line#log }" ;;
      'notice '*) notice "${line#notice }" ;;
      'failure '*)
        rest=${line#failure }
        LANE_FAILURE[${rest%% *}]=${rest#* }
        ;;
      'progress '*)
        rest=${line#progress }
        lane=${rest%% *} rest=${rest#* }
        LANE_DONE[$lane]=${rest%% *}
        LANES_MESSAGE=${rest#* }
        ;;
      ended) ;;
    esac
  done
  sum=0
  for one in "${LANE_DONE[@]}"; do ((sum += one)) || true; done
  progress "$sum" "$LANES_MESSAGE"
}

# start_lane ITEM COMMAND: runs "COMMAND ITEM"; ITEM is made of letters and digits.
start_lane() {
  (
    LANE=$1
    LANE_PID=$BASHPID
    exec 2>"stderr.$LANE"
    "$2" "$1"
    echo ended >&"$EVENTS"
  ) &
}

# run_lanes WIDTH COMMAND ITEM...: runs COMMAND on every item, at most WIDTH at a time. The first that fails ends the
# script with its cause.
run_lanes() {
  local width=$1 command=$2 pid status unsaid
  local -A running=()
  shift 2
  while (($# > 0 || ${#running[@]} > 0)); do
    while (($# > 0 && ${#running[@]} < width)); do
      start_lane "$1" "$command"
      running[$!]=$1
      shift
    done
    hear 1
    for pid in "${!running[@]}"; do
      kill -0 "$pid" 2>/dev/null && continue
      status=0
      wait "$pid" || status=$?
      if ((status != 0)); then
        hear 0.001
        unsaid='a part of the job ended without saying why; see its log'
        ((status <= 128)) || unsaid="a part of the job was ended by signal $((status - 128))"
        fail "$status" "${LANE_FAILURE[${running[$pid]}]:-$unsaid}"
      fi
      unset "running[$pid]"
    done
  done
  hear 0.001
}
