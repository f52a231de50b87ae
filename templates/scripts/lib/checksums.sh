# shellcheck shell=bash
# The list of an image's files with size, MD5 and SHA-256, made from what lies on the local disk.

# bytes_read PID: REPLY is how much the process has read so far.
bytes_read() {
  local name value
  REPLY=0
  while read -r name value; do
    [[ $name != rchar: ]] || REPLY=$value
  done 2>/dev/null <"/proc/$1/io" || true
}

# digest PROGRAM DIRECTORY LIST OUTPUT: the hex digests of the files, in the order of the list.
digest() {
  cd -- "$2" || return
  exec {EVENTS}>&- >"$WORK/$4"
  exec xargs -a "$WORK/$3" -d '\n' -r "$1" --
}

# hash_files DIRECTORY LIST PROGRAM...: runs the programs over the files side by side, writing LIST.PROGRAM, and says
# how far they are; the phase's total is the bytes of all files.
hash_files() {
  local directory=$1 list=$2 program pid slowest child seen
  local -A running=() base=() latest=()
  shift 2
  for program in "$@"; do
    digest "$program" "$directory" "$list" "$list.$program" &
    running[$program]=$!
  done
  while ((${#running[@]} > 0)); do
    slowest=-1
    for program in "${!running[@]}"; do
      pid=${running[$program]}
      if ! kill -0 "$pid" 2>/dev/null; then
        wait "$pid" || fail 1 "$program could not read what was written"
        unset "running[$program]"
        continue
      fi
      # xargs starts one process after another where the list is long.
      child=''
      read -r child _ 2>/dev/null <"/proc/$pid/task/$pid/children" || true
      if [[ -n $child ]]; then
        bytes_read "$child"
        seen=$REPLY
        ((seen >= ${latest[$program]:-0})) || base[$program]=$((${base[$program]:-0} + ${latest[$program]}))
        latest[$program]=$seen
      fi
      seen=$((${base[$program]:-0} + ${latest[$program]:-0}))
      ((slowest >= 0 && seen >= slowest)) || slowest=$seen
    done
    ((slowest < 0)) || progress "$slowest" ''
    ((${#running[@]} == 0)) || sleep 0.05
  done
}

# list_files DIRECTORY LIST: every file below it, sorted; REPLY is the sum of sizes. Names that no image has end the
# script before they reach any program's argument list.
list_files() {
  local odd size
  (cd -- "$1" && exec find . -type f -printf '%P\n') | sort >"$2"
  odd=$(grep -vxE '[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*' "$2" | head -n 1) || true
  [[ -z $odd ]] || fail "$FINAL" "the image holds a file that is none of its own: $odd"
  odd=$(cd -- "$1" && find . ! -type f ! -type d -printf '%P\n' | head -n 1) || true
  [[ -z $odd ]] || fail "$FINAL" "the image holds something that is no file: $odd"
  (cd -- "$1" && exec xargs -a "$WORK/$2" -d '\n' -r stat --printf '%s\n' --) >"$2.sizes"
  REPLY=0
  while read -r size; do REPLY=$((REPLY + size)); done <"$2.sizes"
}

# write_checksums DIRECTORY OUTPUT: phase hash.
write_checksums() {
  list_files "$1" files
  FILES_BYTES=$REPLY
  begin_phase hash "$FILES_BYTES"
  hash_files "$1" files md5sum sha256sum
  paste files.sizes <(cut -c1-32 files.md5sum) <(cut -c1-64 files.sha256sum) files >"$2"
  [[ $(grep -cE $'^[0-9]+\t[0-9a-f]{32}\t[0-9a-f]{64}\t[A-Za-z0-9]' "$2") == "$(wc -l <files)" ]] ||
    fail 1 'the list of checksums is not whole'
  end_phase
}

# check_checksums DIRECTORY LIST: phase check. Every file of the list is there with its size and SHA-256, and no other.
check_checksums() {
  local size sum path found missing extra
  list_files "$1" found
  found=$REPLY
  if grep -qvE $'^[0-9]+\t[0-9a-f]{32}\t[0-9a-f]{64}\t[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$' "$2"; then
    fail "$FINAL" 'checksums.tsv holds a line that is none'
  fi
  cut -f4 "$2" | sort >expected
  missing=$(comm -23 expected found | head -n 3 | paste -sd ' ')
  [[ -z $missing ]] || fail "$FINAL" "the image is damaged: missing $missing"
  extra=$(comm -13 expected found | head -n 3 | paste -sd ' ')
  [[ -z $extra ]] || fail "$FINAL" "the image is damaged: files that do not belong to it: $extra"
  begin_phase check "$found"
  local -A sizes=() sums=()
  while IFS=$'\t' read -r size _ sum path; do sizes[$path]=$size sums[$path]=$sum; done <"$2"
  while read -r size && IFS= read -r path <&3; do
    [[ ${sizes[$path]} == "$size" ]] ||
      fail "$FINAL" "the image is damaged: $path has $size bytes instead of ${sizes[$path]}"
  done <found.sizes 3<found
  hash_files "$1" found sha256sum
  while read -r sum _ && IFS= read -r path <&3; do
    [[ ${sums[$path]} == "$sum" ]] || fail "$FINAL" "the image is damaged: $path is not what was written (SHA-256 differs)"
  done <found.sha256sum 3<found
  [[ $(wc -l <found.sha256sum) == "$(wc -l <found)" ]] || fail 1 'not every file could be read'
  end_phase
}
