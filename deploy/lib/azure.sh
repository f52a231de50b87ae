# shellcheck shell=bash
# What setup-infra.sh and deploy-to-aks.sh share: words, names, and the way to the cluster. Sourced by both.

SYSTEM_NAMESPACE=toygres-system
MANAGED_NAMESPACE=toygres-managed
IMAGE_CONTAINER=images

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
  REGISTRY=$plain$suffix
  STORAGE_ACCOUNT=${plain:0:18}$suffix
  DATABASE_SERVER=$1-$suffix
  DEFAULT_DNS_LABEL=$1-$suffix
}

# there COMMAND...: whether `az COMMAND... show` finds it. Any other refusal than "not found" ends the script: what cannot
# be read must not be taken for absent.
there() {
  local words status=0
  words=$(az "$@" --output none 2>&1) || status=$?
  ((status == 0)) && return 0
  [[ $words == *NotFound* || $words == *'not found'* || $words == *'was not found'* || $words == *'does not exist'* ]] &&
    return 1
  fail "az $1 ${2-} ${3-} was refused: $words"
}

# connect: signs kubectl in to the cluster, under the cluster's own name.
connect() {
  az aks get-credentials --resource-group "$GROUP" --name "$CLUSTER" --overwrite-existing --output none ||
    fail "kubectl cannot be signed in to $CLUSTER"
}

cluster() { kubectl --context "$CLUSTER" "$@"; }

# secret_there: whether the Secret of the control plane exists.
secret_there() {
  [[ -n $(cluster get secret toygres --namespace "$SYSTEM_NAMESPACE" --ignore-not-found --output name) ]]
}
