#!/usr/bin/env bash
# Makes on Azure what Toygres needs, and completes what is missing of it; what is there stays as it is. Safe to repeat.
#
# A resource group with: a container registry; a cluster with an OIDC issuer, workload identity and network policies; a
# storage account without keys, which keeps what is deleted for two weeks, and its container; an identity for the server's
# account in the cluster, and one for that of its jobs, which reads and writes blobs there and deletes none; a PostgreSQL server
# for the records, reached from the cluster only.
# And in the cluster the Secret `toygres`: database URL, encryption key, API token. It is the only place that holds them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/azure.sh
source "$here/lib/azure.sh"
# shellcheck source=lib/identities.sh
source "$here/lib/identities.sh"
# shellcheck source=lib/infrastructure.sh
source "$here/lib/infrastructure.sh"
# shellcheck source=lib/network.sh
source "$here/lib/network.sh"

USAGE="usage: setup-infra.sh --location REGION [--name NAME] [--node-size SIZE] [--node-count N]
  [--server-nodes N] [--server-node-size SIZE] [--zones LIST] [--private] [--reached-from RANGES] [--entra]
  [--immutable-days N] [--dry-run]

  --location    where everything is made, for example westeurope
  --name        of the resource group, the cluster and all else; default toygres
  --node-size   default Standard_D4s_v5
  --node-count  default 2, with --zones one for each
  --server-nodes
                so many nodes more, for servers and jobs alone
  --server-node-size
                their size; default that of the others
  --zones       1,2,3: nodes, blobs and the PostgreSQL server outlive the end of a zone. Only what is made now: what is there
                already stays where it is
  --private     a network of its own, in which the store and the PostgreSQL server have addresses; neither is reached from
                elsewhere. Only for a cluster that is made now
  --reached-from
                203.0.113.0/24,...: the API of the cluster answers these addresses and its own nodes alone; with --private the
                registry does so as well, which then is of the size Premium. Yours must be among them
  --entra       the PostgreSQL server takes tokens of Microsoft Entra and no password; only when it is made now
  --dry-run     looks at what is there, and prints every command that would make or change something; runs none of them
  --immutable-days
                images cannot be deleted or changed before they are so old; deleteImage and retention say so until then

Needs az (signed in), kubectl and openssl. With DATABASE_URL in the environment no PostgreSQL server is made; it must say
sslmode=require, and the cluster must be able to reach it."

name=toygres location='' node_size=Standard_D4s_v5 node_count='' zones='' immutable_days='' server_nodes='' server_node_size=''
private='' entra='' reached_from=''
while (($# > 0)); do
  case $1 in
    --name) value_of "$@" && name=$REPLY ;;
    --location) value_of "$@" && location=$REPLY ;;
    --node-size) value_of "$@" && node_size=$REPLY ;;
    --node-count) value_of "$@" && node_count=$REPLY ;;
    --server-nodes) value_of "$@" && server_nodes=$REPLY ;;
    --server-node-size) value_of "$@" && server_node_size=$REPLY ;;
    --zones) value_of "$@" && zones=$REPLY ;;
    --reached-from) value_of "$@" && reached_from=$REPLY ;;
    --dry-run | --private | --entra)
      case $1 in
        --dry-run) dry_run=1 ;;
        --private) private=1 ;;
        --entra) entra=1 ;;
      esac
      shift
      continue
      ;;
    --immutable-days) value_of "$@" && immutable_days=$REPLY ;;
    --help)
      printf '%s\n' "$USAGE"
      exit 0
      ;;
    *) usage_error "there is no option $1" ;;
  esac
  shift 2
done
require_name "$name"
[[ $location =~ ^[a-z0-9]+$ ]] || usage_error "--location must be the name of a region, for example westeurope"
[[ $node_size =~ ^[A-Za-z0-9_]+$ ]] || usage_error "--node-size must be the name of a size, for example Standard_D4s_v5"
[[ -z $zones || $zones =~ ^(1,2|1,3|2,3|1,2,3)$ ]] || usage_error "--zones must be two or three of 1,2,3, in order and between commas"
IFS=, read -ra zone_list <<<"$zones"
node_count=${node_count:-$((${#zone_list[@]} > 2 ? ${#zone_list[@]} : 2))}
[[ $node_count =~ ^[1-9][0-9]{0,2}$ ]] || usage_error "--node-count must be a number from 1 to 999"
[[ -z $server_nodes || $server_nodes =~ ^[1-9][0-9]{0,2}$ ]] || usage_error "--server-nodes must be a number from 1 to 999"
server_node_size=${server_node_size:-$node_size}
[[ $server_node_size =~ ^[A-Za-z0-9_]+$ ]] || usage_error "--server-node-size must be the name of a size, for example Standard_E4s_v5"
require_ranges "$reached_from"
[[ -z $immutable_days || $immutable_days =~ ^[1-9][0-9]{0,3}$ ]] || usage_error "--immutable-days must be a number from 1 to 9999"
if [[ -n ${DATABASE_URL-} && ! $DATABASE_URL =~ ^postgres(ql)?://[^[:space:]\"\\]+$ ]]; then
  usage_error "DATABASE_URL must be a postgresql:// URL"
elif [[ -n ${DATABASE_URL-} && $DATABASE_URL != *sslmode=require* && $DATABASE_URL != *sslmode=verify* ]]; then
  usage_error "DATABASE_URL must say sslmode=require"
fi
[[ -z $entra || -z ${DATABASE_URL-} ]] ||
  usage_error "--entra is about the PostgreSQL server that is made here: with DATABASE_URL, leave the password out of it"
require_programs az kubectl openssl sha256sum

# Where the words of kubectl go, and with --dry-run the commands.
commands=$((dry_run ? 1 : 2))
choose_names "$name"
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

ensure_group "$location"
ensure_registry
[[ -z $private ]] || ensure_network "$location"
ensure_cluster "$node_size" "$node_count" "${zone_list[@]}"
[[ -z $reached_from ]] || ensure_api_ranges
[[ -z $server_nodes ]] || ensure_server_pool "$server_node_size" "$server_nodes" "${zone_list[@]}"
ensure_storage "${#zone_list[@]}"
ensure_recovery
[[ -z $immutable_days ]] || ensure_immutability "$immutable_days"
[[ -z $private ]] || ensure_private_storage
[[ -z $private || -z $reached_from ]] || ensure_private_registry
ensure_identities
connect
ensure_secret
if [[ -z ${DATABASE_URL-} ]]; then
  ensure_database "$location" "${#zone_list[@]}"
  [[ -z $private ]] || ensure_private_database
fi

if [[ -n $dry_run ]]; then say "nothing was made or changed"; else say "all is there. Next: deploy/deploy-to-aks.sh --name $name"; fi
