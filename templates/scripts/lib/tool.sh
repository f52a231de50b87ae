# shellcheck shell=bash
# Listening to a tool that works for a long time.

# How long a tool that has ended is read on at most: who else holds its pipe may speak for ever.
readonly LAST_WORDS_SECONDS=60

# follow_tool PIPE PID TAKE LOOK: takes what a tool says until it ends. `TAKE LINE` is called for each line, and LOOK once a
# second as long as the tool lives. The pipe is removed.
follow_tool() {
  local pid=$2 take=$3 look=$4 input line partial='' status looked_at=0 ended_at=0
  exec {input}<"$1"
  rm -f -- "$1"
  while true; do
    # What a tool that has ended said last, why it failed above all, stands in the pipe. Its workers may go on and hold the
    # pipe open: the end of it is not waited for.
    if ((ended_at > 0)) && ! read -r -t 0 -u "$input"; then break; fi
    status=0
    IFS= read -r -t 1 -u "$input" line || status=$?
    partial+=$line
    if ((status == 0)); then
      "$take" "$partial"
      partial=''
    elif ((status <= 128)); then
      break
    fi
    ((EPOCHSECONDS != looked_at)) || continue
    looked_at=$EPOCHSECONDS
    if kill -0 "$pid" 2>/dev/null; then
      "$look"
    else
      ((ended_at > 0)) || ended_at=$EPOCHSECONDS
      ((EPOCHSECONDS - ended_at < LAST_WORDS_SECONDS)) || break
    fi
  done
  [[ -z $partial ]] || "$take" "$partial"
  exec {input}<&-
}
