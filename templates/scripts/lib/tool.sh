# shellcheck shell=bash
# Listening to a tool that works for a long time.

# How long a tool that has ended is still read: what it said last is there, and whoever else holds its pipe may never end.
readonly LAST_WORDS_SECONDS=10

# follow_tool PIPE PID TAKE LOOK: takes what a tool says until it ends. `TAKE LINE` is called for each line, and LOOK once a
# second as long as the tool lives. The pipe is removed.
follow_tool() {
  local pid=$2 take=$3 look=$4 input line partial='' status looked_at=0 ended_at=0
  exec {input}<"$1"
  rm -f -- "$1"
  while true; do
    status=0
    IFS= read -r -t 1 -u "$input" line || status=$?
    if ((status > 128)); then
      ((ended_at == 0)) || break
      partial+=$line
    elif ((status > 0)) && [[ -z $partial$line ]]; then
      break
    else
      line=$partial$line partial=''
      "$take" "$line"
    fi
    ((EPOCHSECONDS != looked_at)) || continue
    looked_at=$EPOCHSECONDS
    if kill -0 "$pid" 2>/dev/null; then
      "$look"
      continue
    fi
    # What it said last, why it failed above all, is still to be read. Its workers go on for a while when their leader was
    # killed, hold the pipe open and may speak: neither its end nor silence is waited for.
    ((ended_at > 0)) || ended_at=$EPOCHSECONDS
    ((EPOCHSECONDS - ended_at < LAST_WORDS_SECONDS)) || break
  done
  exec {input}<&-
}
