# shellcheck shell=bash
# The volume: what may be on it, and how a finished cluster comes to be on it.

CLUSTER=$TOYGRES_VOLUME/pgdata
GROWING=$TOYGRES_VOLUME/pgdata-restoring
MARK=$TOYGRES_VOLUME/restored-from
BEGUN=$TOYGRES_VOLUME/restoring
KEPT_RESULT=$TOYGRES_VOLUME/restored-result.json

# adopt_volume: leaves the volume without a cluster, or ends the script: with the result of the first time when this image
# was restored already, and refusing when a cluster is there that did not come from it.
adopt_volume() {
  local marked=''
  [[ -d $TOYGRES_VOLUME && -w $TOYGRES_VOLUME ]] || fail 1 "the volume $TOYGRES_VOLUME is not there or cannot be written to"
  if [[ -e $MARK ]]; then
    marked=$(<"$MARK")
    [[ $marked == "$TOYGRES_IMAGE_ID" && -e $CLUSTER/PG_VERSION ]] ||
      fail "$FINAL" 'the volume holds a cluster that was restored from another image; it is left as it is'
    rm -f -- "$BEGUN"
    log 'This image was restored to the volume already'
    say_result "$(<"$KEPT_RESULT")"
    exit 0
  fi
  if [[ ! -e $BEGUN && -e $CLUSTER/PG_VERSION && -e $CLUSTER/global/pg_control ]]; then
    fail "$FINAL" 'the volume holds a cluster that was not restored from this image; it is left as it is'
  fi
  [[ ! -e $GROWING && ! -e $CLUSTER ]] || log 'Removing what an unfinished restore left on the volume'
  printf '%s\n' "$TOYGRES_IMAGE_ID" >"$BEGUN"
  sync "$BEGUN" "$TOYGRES_VOLUME"
  remove_unfinished
}

# remove_unfinished: a process of a server whose attempt was killed may make files until it notices that, for seconds on a
# slow disk.
remove_unfinished() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    ! rm -rf -- "$CLUSTER" "$GROWING" "$KEPT_RESULT" 2>remove.err || return 0
    last_line remove.err
    [[ $REPLY == *'Directory not empty'* ]] || break
    sleep 0.2
  done
  fail 1 "what an unfinished restore left on the volume cannot be removed: ${REPLY:-rm ended without a word}"
}

# finish_volume RESULT: makes the cluster durable and gives it its place; the mark comes last.
finish_volume() {
  initdb --sync-only --pgdata="$GROWING" >sync.out 2>&1 || {
    last_line sync.out
    fail 1 "the restored cluster could not be written to disk: $REPLY"
  }
  mv -T -- "$GROWING" "$CLUSTER"
  printf '%s\n' "$1" >"$KEPT_RESULT"
  printf '%s\n' "$TOYGRES_IMAGE_ID" >"$MARK.new"
  sync "$KEPT_RESULT" "$MARK.new" "$TOYGRES_VOLUME"
  mv -T -- "$MARK.new" "$MARK"
  sync "$MARK" "$TOYGRES_VOLUME"
  rm -f -- "$BEGUN"
}
