# shellcheck shell=bash
# Which processes belong to an attempt, and how they are ended. Uses `pause`.

# The attempt's script and scratch directory, set when it begins, with nothing seen yet.
script_pid=
scratch=
seen=' '

# Puts their pids into `members`: those that carry the attempt's scratch directory in their environment, those of the
# script's session and group, and the children of all of them. Whoever was seen once stays, since its parent may die first.
find_members() {
  local file stat rest pid state ppid pgrp sid grown=1
  local -A parent=() session=() group=()
  members=()
  for file in /proc/[0-9]*/stat; do
    { read -r stat <"$file"; } 2>/dev/null || continue
    pid=${stat%% *}
    rest=${stat##*) }
    read -r state ppid pgrp sid _ <<<"$rest"
    [[ $state == [ZXx] || $pid == "$$" || $pid == "$BASHPID" ]] && continue
    parent[$pid]=$ppid session[$pid]=$sid group[$pid]=$pgrp
  done
  while read -r file; do
    file=${file#/proc/}
    pid=${file%%/*}
    [[ -n ${parent[$pid]-} && $seen != *" $pid "* ]] && seen+="$pid "
  done < <(grep -lsazxF "TOYGRES_SCRATCH_DIR=$scratch" /proc/[0-9]*/environ 7>&- 8>&- 9>&-)
  while ((grown)); do
    grown=0
    for pid in "${!parent[@]}"; do
      [[ $seen == *" $pid "* ]] && continue
      if [[ $pid == "$script_pid" || ${session[$pid]} == "$script_pid" || ${group[$pid]} == "$script_pid" ||
        $seen == *" ${parent[$pid]} "* ]]; then
        seen+="$pid "
        grown=1
      fi
    done
  done
  # The script first: a shell says of each child that is ended before itself that it was.
  for pid in "${!parent[@]}"; do
    [[ $seen == *" $pid "* ]] || continue
    if [[ $pid == "$script_pid" ]]; then members=("$pid" "${members[@]}"); else members+=("$pid"); fi
  done
  ((${#members[@]} > 0))
}

# Ends every process of the attempt: first asked, after a second forced.
end_members() {
  local tries
  find_members || return 0
  kill -TERM "${members[@]}" 2>/dev/null
  for ((tries = 0; tries < 10; tries++)); do
    pause 0.1
    find_members || return 0
  done
  for ((tries = 0; tries < 50; tries++)); do
    kill -KILL "${members[@]}" 2>/dev/null
    pause 0.05
    find_members || return 0
  done
}
