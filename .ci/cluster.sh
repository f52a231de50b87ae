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
building=
# The whole suite takes longer than a change should wait; these take a quarter of an hour.
cluster_files=(test/contracts test/cluster/{story,hostile,pods,api-server,refusals,newer,policies})

# Compiling takes most of the time of a first start: it is begun while what is light runs.
prepare_cluster() {
  if [ -n "${KUBECONFIG:-}" ]; then return; fi
  if [ ! -x "$tool/up" ]; then cluster_reason="KUBECONFIG is not set, and there is no $tool"; return; fi
  if [ "$(id -u)" != 0 ]; then cluster_reason="KUBECONFIG is not set, and starting a cluster here takes root"; return; fi
  if [ -e "$tool_home/kubeconfig" ]; then return; fi
  setsid nice -n 10 "$tool/up" --build-only >"$results/cluster-build.log" 2>&1 &
  building=$!
}

end_building() {
  kill -- "-$building" 2>/dev/null || true
  wait "$building" 2>/dev/null || true
}

# Waits for it, so that it takes nothing from the tests, but not for ever.
finish_building() {
  [ -n "$building" ] || return 0
  while kill -0 "$building" 2>/dev/null && [ "$((SECONDS - started))" -lt 2100 ]; do sleep 2; done
  if kill -0 "$building" 2>/dev/null; then
    end_building
    cluster_started=yes cluster_reason="building one took longer than 35 minutes"
  elif ! wait "$building"; then
    cluster_started=yes cluster_reason="this machine cannot build one: $(tail -n 3 "$results/cluster-build.log")"
  fi
  building=
}

# Whether one is to be started, and so ended, here.
will_start_cluster() {
  if [ -n "$cluster_reason" ] || [ -n "${KUBECONFIG:-}" ] || [ -e "$tool_home/kubeconfig" ]; then return; fi
  cluster_started=yes
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
  [ -z "$building" ] || end_building
  [ ! -e "$results/cluster-ended" ] || return 0
  [ -z "$building$cluster_started" ] || "$tool/down" >"$results/cluster-down.log" 2>&1 || cat "$results/cluster-down.log"
  touch "$results/cluster-ended"
}
