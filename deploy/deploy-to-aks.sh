#!/usr/bin/env bash
# Brings this checkout to the cluster that setup-infra.sh made: builds and pushes the images that the registry lacks, applies
# the manifests, waits until all of it runs, and prints where the API is and how to get the token. Safe to repeat: what has
# not changed stays as it is.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/azure.sh
source "$here/lib/azure.sh"
# shellcheck source=lib/images.sh
source "$here/lib/images.sh"
# shellcheck source=lib/manifests.sh
source "$here/lib/manifests.sh"

USAGE="usage: deploy-to-aks.sh [--http] [--dns-label NAME] [--name NAME] [--lock] [--cosign-key KEY]
  [--refresh] [--source REGISTRY] [--dry-run]

  --http        without a certificate of Let's Encrypt: the token crosses the internet unencrypted. --https is the default
  --dns-label   the API is at NAME.REGION.cloudapp.azure.com; default: the name and six letters that are always the same
  --name        as given to setup-infra.sh; default toygres
  --lock        tags in the registry can never be given to another image
  --cosign-key  a key file, or the address of one in a vault, that cosign signs each image with, by its digest
  --source      from where the images of PostgreSQL and Caddy are copied into the registry; default docker.io/library
  --refresh     copies them again: their tags may mean newer ones, with which servers then start the next time
  --dry-run     looks at what is there, and prints every command that would make or change something; runs none of them

Needs az (signed in), docker, kubectl, curl and git."

name=toygres https=1 label='' lock='' cosign_key='' refresh='' image_source=docker.io/library
while (($# > 0)); do
  case $1 in
    --https)
      https=1
      shift
      ;;
    --http)
      https=''
      shift
      ;;
    --dns-label)
      value_of "$@" && label=$REPLY
      shift 2
      ;;
    --name)
      value_of "$@" && name=$REPLY
      shift 2
      ;;
    --lock)
      lock=1
      shift
      ;;
    --cosign-key)
      value_of "$@" && cosign_key=$REPLY
      shift 2
      ;;
    --refresh)
      refresh=1
      shift
      ;;
    --source)
      value_of "$@" && image_source=$REPLY
      shift 2
      ;;
    --dry-run)
      dry_run=1
      shift
      ;;
    --help)
      printf '%s\n' "$USAGE"
      exit 0
      ;;
    *) usage_error "there is no option $1" ;;
  esac
done
require_name "$name"
[[ -z $label || $label =~ ^[a-z][a-z0-9-]{1,61}[a-z0-9]$ ]] ||
  usage_error "--dns-label must be 3 to 63 lower-case letters, digits and dashes, a letter first and no dash last"
[[ $image_source =~ ^[a-z0-9.-]+\.[a-z]+(:[0-9]+)?(/[a-z0-9._-]+)*$ ]] ||
  usage_error "--source must be a registry, and a path in it, for example docker.io/library"
require_programs az docker kubectl curl git sha256sum ${cosign_key:+cosign}

# Where the words of kubectl and docker go, and with --dry-run the commands.
commands=$((dry_run ? 1 : 2))
CADDY_IMAGE=$(sed -n 's/^ *image: //p' "$here/components/https/caddy.yaml")
scratch=$(mktemp -d)
overlay=''
trap 'rm -rf -- "$scratch" ${overlay:+"$overlay"}' EXIT
choose_names "$name"
label=${label:-$DEFAULT_DNS_LABEL}
[[ -n $dry_run ]] || there aks show --resource-group "$GROUP" --name "$CLUSTER" || fail "there is no cluster $CLUSTER: run setup-infra.sh first"
region=$(ask region az aks show --resource-group "$GROUP" --name "$CLUSTER" --query location --output tsv)
login_server=$(ask "server of $REGISTRY" az acr show --resource-group "$GROUP" --name "$REGISTRY" --query loginServer --output tsv) ||
  fail "there is no registry $REGISTRY: run setup-infra.sh first"
client_id=$(ask "client of $IDENTITY" az identity show --resource-group "$GROUP" --name "$IDENTITY" --query clientId --output tsv) ||
  fail "there is no identity $IDENTITY: run setup-infra.sh first"
job_client_id=$(ask "client of $JOB_IDENTITY" az identity show --resource-group "$GROUP" --name "$JOB_IDENTITY" --query clientId --output tsv) ||
  fail "there is no identity $JOB_IDENTITY: run setup-infra.sh again"
connect
[[ -n $no_cluster ]] || secret_there || fail "there is no Secret toygres in $SYSTEM_NAMESPACE: run setup-infra.sh first"

tag=$(choose_tag)
say "images $tag in $login_server"
push_images "$login_server" "$tag"

# Within the checkout: a kustomization names its parts by relative paths.
overlay=$(mktemp -d "$here/.overlay-XXXXXX")
host=$label.$region.cloudapp.azure.com
write_overlay "$overlay"
change_cluster apply --server-side --field-manager toygres-deploy --kustomize "$overlay" >&"$commands"
if [[ -n $dry_run ]]; then
  note 'with this kustomization:'
  sed 's/^/#   /' "$overlay/kustomization.yaml"
fi
[[ -n $https ]] || remove_https
if [[ -n $dry_run ]]; then
  note "then it waits until all of it runs and http${https:+s}://$host answers"
  say "nothing was made or changed"
  exit 0
fi
wait_for_rollout

url=http${https:+s}://$host
say "waiting for $url (a new name or certificate takes some minutes)"
until curl --silent --fail --max-time 5 --output /dev/null "$url/health"; do
  ((SECONDS < ${TOYGRES_DEPLOY_PATIENCE:-900})) || fail "$url does not answer. See:
  kubectl --context $CLUSTER --namespace $SYSTEM_NAMESPACE get services,pods
  kubectl --context $CLUSTER --namespace $SYSTEM_NAMESPACE logs deployment/toygres-$([[ -n $https ]] && echo https || echo api)"
  sleep 5
done
[[ -n $https ]] || say "warning: with --http the token crosses the internet unencrypted"
printf '%s\n' "API and IDE  $url/graphql" "Token        kubectl --context $CLUSTER --namespace $SYSTEM_NAMESPACE \
get secret toygres --output 'jsonpath={.data.TOYGRES_API_TOKEN}' | base64 --decode"
