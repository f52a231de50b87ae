# shellcheck shell=bash
# What setup-infra.sh and deploy-to-aks.sh share: words, names, and the way to the cluster. Sourced by both.

SYSTEM_NAMESPACE=toygres-system
MANAGED_NAMESPACE=toygres-managed
IMAGE_CONTAINER=images
# Of nodes for servers and jobs alone, its label and its taint, where they have some.
SERVER_POOL=servers
SERVER_POOL_LABEL=pool=servers
SERVER_POOL_TAINT=dedicated=servers:NoSchedule

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}

# usage_error TEXT: refuses what was asked for, with the usage that the script has set.
usage_error() {
  say "error: $1"
  say "$USAGE"
  exit 2
}

# value_of OPTION ARGUMENTS LEFT...: REPLY is the value that follows an option.
value_of() {
  [[ $# -ge 2 && -n $2 && $2 != -* ]] || usage_error "$1 needs a value"
  REPLY=$2
}

require_programs() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || fail "$program is not on the PATH: install it first"
  done
}

require_name() { # NAME
  [[ $1 =~ ^[a-z][a-z0-9-]{1,18}[a-z0-9]$ ]] ||
    usage_error "--name must be 3 to 20 lower-case letters, digits and dashes, a letter first and no dash last"
}

# Empty, or what --dry-run sets: then nothing is made or changed, and what would be is printed, a command a line.
dry_run=''

# note TEXT: with --dry-run, what no command tells.
note() { [[ -z $dry_run ]] || printf '# %s\n' "$*"; }

# change COMMAND...: makes or changes something; with --dry-run it is printed in its place, quoted as bash reads it.
change() {
  if [[ -z $dry_run ]]; then
    "$@"
  else
    printf '%s' "$1"
    printf ' %q' "${@:2}"
    printf '\n'
  fi
}

# ask WORD COMMAND...: what a look at Azure answers. With --dry-run <WORD> stands for it where the thing is not made yet.
ask() {
  local word=$1 words status=0
  shift
  if [[ -z $dry_run ]]; then
    "$@"
    return
  fi
  # Nothing is to be seen of what hangs on a thing that is not made.
  [[ $* != *'<'* ]] || { printf '<%s>\n' "$word" && return; }
  words=$("$@" 2>&1) || status=$?
  if ((status != 0)); then
    is_absence "$words" || fail "az $2 ${3-} was refused: $words"
    words="<$word>"
  fi
  printf '%s\n' "$words"
}

# choose_names NAME: the names of all that belongs to it. Those that all of Azure shares end in six letters of the
# subscription and the name, so that each run finds the same.
choose_names() {
  local subscription suffix plain=${1//-/}
  subscription=$(az account show --query id --output tsv) || fail "not signed in to Azure: run az login first"
  suffix=$(printf '%s/%s' "$subscription" "$1" | sha256sum)
  suffix=${suffix:0:6}
  GROUP=$1
  CLUSTER=$1
  IDENTITY=$1
  JOB_IDENTITY=$1-jobs
  NETWORK=$1
  REGISTRY=$plain$suffix
  STORAGE_ACCOUNT=${plain:0:18}$suffix
  JOB_ROLE="Toygres jobs of $STORAGE_ACCOUNT"
  DATABASE_SERVER=$1-$suffix
  DEFAULT_DNS_LABEL=$1-$suffix
}

is_absence() { # WORDS OF AZ
  [[ $1 == *NotFound* || $1 == *'not found'* || $1 == *'does not exist'* || $1 == *'could not be found'* ]]
}

# there COMMAND...: whether `az COMMAND... show` finds it. Any other refusal than "not found" ends the script: what cannot
# be read must not be taken for absent.
there() {
  local words status=0
  words=$(az "$@" --output none 2>&1) || status=$?
  ((status == 0)) && return 0
  ! is_absence "$words" || return 1
  fail "az $1 ${2-} ${3-} was refused: $words"
}

# Empty, or set where --dry-run finds no cluster to look at.
no_cluster=''

# connect: signs kubectl in to the cluster, under the cluster's own name. With --dry-run into a file that goes with $scratch.
connect() {
  if [[ -n $dry_run ]]; then
    change az aks get-credentials --resource-group "$GROUP" --name "$CLUSTER" --overwrite-existing --output none
    there aks show --resource-group "$GROUP" --name "$CLUSTER" || { no_cluster=1 && return; }
    export KUBECONFIG=$scratch/kubeconfig
    az aks get-credentials --resource-group "$GROUP" --name "$CLUSTER" --file "$KUBECONFIG" --output none ||
      fail "kubectl cannot be signed in to $CLUSTER"
    return
  fi
  az aks get-credentials --resource-group "$GROUP" --name "$CLUSTER" --overwrite-existing --output none ||
    fail "kubectl cannot be signed in to $CLUSTER"
}

cluster() { kubectl --context "$CLUSTER" "$@"; }
change_cluster() { change kubectl --context "$CLUSTER" "$@"; }

# secret_there: whether the Secret of the control plane exists.
secret_there() {
  [[ -z $no_cluster ]] || return 1
  [[ -n $(cluster get secret toygres --namespace "$SYSTEM_NAMESPACE" --ignore-not-found --output name) ]]
}
