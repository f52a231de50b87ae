# shellcheck shell=bash
# A Kubernetes for the cluster suite. Sourced by run.
#
# KUBECONFIG names one: it is used as it is, and must be able to run the images that the suite needs. Otherwise the tool
# beside this project starts one on this machine, and the images are built into it here.

# shellcheck disable=SC2034,SC2154
tool=$PWD/../shared/cluster
tool_home=${TOYGRES_CLUSTER_HOME:-$HOME/.toygres-cluster}
cluster_reason=
cluster_started=
# Whether the tool has built images here before: then it installs nothing more, for which others would have to wait.
has_builder=
building=
# The whole suite takes longer than a change should wait; these take a quarter of an hour.
cluster_files=(test/contracts test/cluster/{story,hostile,pods,api-server,refusals,newer,policies})

# Says whether there can be one, and whether it is to be started, and so ended, here.
prepare_cluster() {
  if [ -n "${KUBECONFIG:-}" ]; then return; fi
  if [ ! -x "$tool/up" ]; then cluster_reason="KUBECONFIG is not set, and there is no $tool"; return; fi
  if [ "$(id -u)" != 0 ]; then cluster_reason="KUBECONFIG is not set, and starting a cluster here takes root"; return; fi
  [ -e "$tool_home/kubeconfig" ] || cluster_started=yes
  [ ! -e "$tool_home/buildah" ] || has_builder=yes
}

end_building() {
  [ -n "$building" ] || return 0
  kill -- "-$building" 2>/dev/null || true
  wait "$building" 2>/dev/null || true
  building=
}

# Compiling takes most of the time of a first start, but not for ever. Where it is done already it takes a moment. Without a
# cluster it sets cluster_reason.
build_cluster() {
  [ -n "$cluster_started" ] || return 0
  trap end_building EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
  setsid nice -n 10 "$tool/up" --build-only >"$results/cluster-build.log" 2>&1 &
  building=$!
  while kill -0 "$building" 2>/dev/null && [ "$((SECONDS - started))" -lt 2100 ]; do sleep 1; done
  if kill -0 "$building" 2>/dev/null; then
    end_building
    cluster_reason="building one took longer than 35 minutes"
  elif ! wait "$building"; then
    cluster_reason="this machine cannot build one: $(tail -n 3 "$results/cluster-build.log")"
  fi
  building=
}

# What a shell needs to have the tests find the cluster that another one has started.
keep_cluster_environment() {
  local name
  for name in KUBECONFIG TOYGRES_TEST_LIMITED_CLASS TOYGRES_TEST_KILL_API_SERVER TOYGRES_TEST_START_API_SERVER; do
    [ -z "${!name+x}" ] || printf 'export %s=%q\n' "$name" "${!name}"
  done
}

# Sets KUBECONFIG; without a cluster it sets cluster_reason.
start_cluster() {
  [ -z "$cluster_reason" ] || return 0
  if [ -n "${KUBECONFIG:-}" ]; then return; fi
  if ! KUBECONFIG=$("$tool/up" 2>"$results/cluster-up.log"); then
    unset KUBECONFIG
    cluster_reason="this machine cannot host one: $(tail -n 3 "$results/cluster-up.log")"
    return
  fi
  # What keeps its policies ends where the node is not known yet, and then nothing keeps them: asked again, the tool starts what
  # is not there.
  "$tool/up" >/dev/null 2>>"$results/cluster-up.log" || true
  # A class of the tool's that holds volumes to their size.
  export KUBECONFIG TOYGRES_TEST_LIMITED_CLASS=limited
  local major release
  release=$(node -p 'require("./package.json").version')
  for major in 15 17; do
    # With what the one before has built of the same.
    "$tool/build-image" "toygres/job:$release-pg$major" . -f deploy/docker/job.Dockerfile --build-arg "PG_MAJOR=$major" --layers \
      >"$results/image-$major.log" 2>&1 || { tail -n 30 "$results/image-$major.log"; return 1; }
  done
  # Nobody else uses the one that was started here.
  [ -z "$cluster_started" ] ||
    export TOYGRES_TEST_KILL_API_SERVER="kill -KILL \$(cat '$tool_home/run/kube-apiserver.pid')" \
      TOYGRES_TEST_START_API_SERVER="'$tool/up'"
}

# Only what was started here is ended, and once.
stop_cluster() {
  [ ! -e "$results/cluster-ended" ] || return 0
  [ -z "$cluster_started" ] || "$tool/down" >"$results/cluster-down.log" 2>&1 || cat "$results/cluster-down.log"
  touch "$results/cluster-ended"
}
