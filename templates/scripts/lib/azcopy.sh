# shellcheck shell=bash
# Copying with azcopy, with its progress as ours and its real errors.
#
# azcopy takes a SAS in the URL on its command line only: it has no option, variable or file for one (an open wish of its
# users), so for the time of a copy other users of the machine can read it there. See README.md.

export AZCOPY_LOG_LOCATION=$WORK/azcopy/log AZCOPY_JOB_PLAN_LOCATION=$WORK/azcopy/plan AZCOPY_DISABLE_SYSLOG=true
export AZCOPY_BUFFER_GB=${AZCOPY_BUFFER_GB:-0.5}
mkdir -p azcopy/log azcopy/plan

# blob_url PATH: REPLY is the URL of what lies there below the image's prefix, with the leave to use it.
blob_url() {
  local sas=''
  if [[ -r $TOYGRES_SECRETS_DIR/sas ]]; then
    read_secret sas
    sas=${REPLY%$'\n'}
    sas=${sas#\?}
  fi
  REPLY=$TOYGRES_IMAGE_URL${1:+/$1}${sas:+?$sas}
}

# field LINE NAME: REPLY is the number or word that azcopy's line gives for the name, or nothing.
field() {
  if [[ $1 =~ \\\"$2\\\":\\\"([A-Za-z0-9.]*) ]]; then REPLY=${BASH_REMATCH[1]}; else REPLY=''; fi
}

# azcopy_cause: REPLY is why azcopy failed, from its log, or nothing.
azcopy_cause() {
  local log line refused='' file
  REPLY=''
  for log in "$AZCOPY_LOG_LOCATION"/*.log; do
    [[ -r $log && $log != *-scanning.log ]] || continue
    while IFS= read -r line; do
      if [[ $line =~ (UPLOAD|DOWNLOAD|COPY)FAILED:\ (.*) ]]; then
        line=${BASH_REMATCH[2]}
        file=${line%% : *}
        file=${file%%\?*}
        line=${line#* : }
        line=${line#[0-9][0-9][0-9] : }
        line=${line%% X-Ms-Request-Id*}
        REPLY="${file#"$WORK"/}: ${line%.}"
        return 0
      elif [[ $line =~ (dial\ tcp.*|connection\ reset.*|no\ such\ host.*|i/o\ timeout.*|unexpected\ EOF.*)$ ]]; then
        refused=${BASH_REMATCH[1]}
      elif [[ $line =~ ^(RESPONSE\ 40[0-9][^:]*:?.*|ERROR\ CODE:\ .*) ]]; then
        refused=${BASH_REMATCH[1]}
      fi
    done <"$log"
  done
  REPLY=$refused
}

# How long azcopy may go without a byte before it is given up: while it copies and says itself that nobody is there, and
# in all other cases. By itself it waits a quarter of an hour for an answer, and tries again then.
readonly UNREACHABLE_SECONDS=30 SILENT_SECONDS=180

# azcopy_copy SOURCE TARGET OPTION...: copies all or ends the script with the cause. Where no phase has begun it is
# download, whose size only azcopy knows, when it has seen all files.
azcopy_copy() {
  local line message='' copier status=0 done=0 moved_at=$SECONDS word='' failed='' skipped='' errors bytes
  local output silence partial='' ended
  rm -f -- azcopy/log/*
  mkfifo azcopy/said azcopy/silent
  # azcopy waits for commands on its standard input: at the end of one it would look again and again, with all the time
  # of a processor. Here nobody ever says anything.
  exec {silence}<>azcopy/silent
  azcopy copy "$@" --output-type=json --log-level=WARNING <&"$silence" >azcopy/said {EVENTS}>&- {silence}>&- &
  copier=$!
  exec {output}<azcopy/said {silence}>&-
  rm -f -- azcopy/said azcopy/silent
  while true; do
    ended=0
    IFS= read -r -t 5 -u "$output" line || ended=$?
    # What came of a line before the time was over is not read again.
    partial+=$line
    if ((ended == 0)); then
      line=$partial partial=''
      case $line in
        *'"MessageType":"Progress"'* | *'"MessageType":"EndOfJob"'*)
          field "$line" TotalBytesTransferred
          bytes=${REPLY:-0}
          ((bytes <= done)) || { done=$bytes moved_at=$SECONDS; }
          field "$line" JobStatus && word=$REPLY
          field "$line" TransfersFailed && failed=$REPLY
          field "$line" TransfersSkipped && skipped=$REPLY
          if [[ -z $phase_name && $line == *'CompleteJobOrdered\":true'* ]]; then
            field "$line" TotalBytesExpected
            begin_phase download "${REPLY:-1}"
          fi
          [[ -z $phase_name ]] || progress "$done" ''
          ;;
        *'"MessageType":"Error"'*)
          message=${line#*'"MessageContent":"'}
          message=${message%%'","PromptDetails"'*}
          message=${message//\\\"/\"}
          log "azcopy: $message"
          ;;
      esac
    elif ((ended <= 128)); then
      break
    fi
    if ((SECONDS - moved_at >= UNREACHABLE_SECONDS)) && [[ $word == InProgress ]]; then
      errors=0
      grep -qsE 'connection refused|no such host|network is unreachable' azcopy/log/*.log && errors=1
      if ((errors || SECONDS - moved_at >= SILENT_SECONDS)); then
        azcopy_cause
        fail 1 "the blob store does not answer: ${REPLY:-nothing was copied for $((SECONDS - moved_at)) seconds}"
      fi
    elif ((SECONDS - moved_at >= SILENT_SECONDS)) && [[ -z $word ]]; then
      azcopy_cause
      fail 1 "the blob store does not answer: ${REPLY:-it has listed no file for $((SECONDS - moved_at)) seconds}"
    fi
  done
  exec {output}<&-
  wait "$copier" || status=$?
  if ((status != 0)) || [[ $word != Completed || $failed != 0 || $skipped != 0 ]]; then
    azcopy_cause
    [[ -n $REPLY ]] || REPLY=${message#Cannot perform copy due to error: }
    ((status <= 128)) || REPLY="azcopy was ended by signal $((status - 128))${REPLY:+: $REPLY}"
    fail 1 "the copy with the blob store failed: ${REPLY:-azcopy ended with status ${word:-$status}}"
  fi
}

# azcopy_version: REPLY is the version.
azcopy_version() {
  REPLY=$(azcopy --version) || fail "$FINAL" 'azcopy cannot be run here'
  REPLY=${REPLY##* }
}
