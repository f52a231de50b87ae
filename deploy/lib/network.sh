# shellcheck shell=bash
# With --private: a network of our own, in which the store and the PostgreSQL server have addresses, and no other way to them.
# With --reached-from: from where the API of the cluster is reached, and with both of them the registry. Sourced by setup-infra.sh.

# Beside the ranges of pods (10.244.0.0/16) and of services (10.0.0.0/16).
NETWORK_RANGE=10.240.0.0/16
NODES_RANGE=10.240.0.0/20
ENDPOINTS_RANGE=10.240.16.0/24

ensure_network() { # LOCATION
  if ! there network vnet show --resource-group "$GROUP" --name "$NETWORK"; then
    say "making the network $NETWORK"
    change az network vnet create --resource-group "$GROUP" --name "$NETWORK" --location "$1" \
      --address-prefixes "$NETWORK_RANGE" --output none
  fi
  ensure_subnet nodes "$NODES_RANGE"
  ensure_subnet endpoints "$ENDPOINTS_RANGE"
}

ensure_subnet() { # NAME RANGE
  there network vnet subnet show --resource-group "$GROUP" --vnet-name "$NETWORK" --name "$1" && return
  say "making the subnet $1"
  change az network vnet subnet create --resource-group "$GROUP" --vnet-name "$NETWORK" --name "$1" \
    --address-prefixes "$2" --output none
}

subnet_id() { # NAME
  ask "id of the subnet $1" az network vnet subnet show --resource-group "$GROUP" --vnet-name "$NETWORK" --name "$1" \
    --query id --output tsv
}

# A cluster keeps the network that it was made in.
require_own_network() {
  local found wanted
  found=$(ask "network of $CLUSTER" az aks show --resource-group "$GROUP" --name "$CLUSTER" --output tsv \
    --query 'agentPoolProfiles[0].vnetSubnetId')
  wanted=$(subnet_id nodes)
  [[ $found == "$wanted" ]] || fail "the cluster $CLUSTER was made without --private, and stays in its network: give another --name"
}

# The name of the thing, asked for within the network, leads to its address there.
ensure_endpoint() { # NAME RESOURCE-ID GROUP-ID ZONE
  if ! there network private-dns zone show --resource-group "$GROUP" --name "$4"; then
    say "making the private zone $4"
    change az network private-dns zone create --resource-group "$GROUP" --name "$4" --output none
  fi
  if ! there network private-dns link vnet show --resource-group "$GROUP" --zone-name "$4" --name "$NETWORK"; then
    say "letting $NETWORK ask the zone $4"
    change az network private-dns link vnet create --resource-group "$GROUP" --zone-name "$4" --name "$NETWORK" \
      --virtual-network "$NETWORK" --registration-enabled false --output none
  fi
  if ! there network private-endpoint show --resource-group "$GROUP" --name "$1"; then
    say "making the private endpoint $1"
    change az network private-endpoint create --resource-group "$GROUP" --name "$1" --vnet-name "$NETWORK" --subnet endpoints \
      --private-connection-resource-id "$2" --group-id "$3" --connection-name "$1" --output none
  fi
  there network private-endpoint dns-zone-group show --resource-group "$GROUP" --endpoint-name "$1" --name default && return
  say "naming $1 in the zone $4"
  change az network private-endpoint dns-zone-group create --resource-group "$GROUP" --endpoint-name "$1" --name default \
    --private-dns-zone "$4" --zone-name "$3" --output none
}

# The way from outside is closed once there is the other one.
ensure_private_storage() {
  local id access
  id=$(ask "id of $STORAGE_ACCOUNT" az storage account show --resource-group "$GROUP" --name "$STORAGE_ACCOUNT" --query id --output tsv)
  ensure_endpoint "$STORAGE_ACCOUNT-blob" "$id" blob privatelink.blob.core.windows.net
  access=$(ask "access to $STORAGE_ACCOUNT" az storage account show --resource-group "$GROUP" --name "$STORAGE_ACCOUNT" \
    --query publicNetworkAccess --output tsv)
  [[ $access != Disabled ]] || return 0
  say "closing $STORAGE_ACCOUNT to all but the network $NETWORK"
  change az storage account update --resource-group "$GROUP" --name "$STORAGE_ACCOUNT" --public-network-access Disabled --output none
}

ensure_private_database() {
  local id
  id=$(ask "id of $DATABASE_SERVER" az postgres flexible-server show --resource-group "$GROUP" --name "$DATABASE_SERVER" --query id --output tsv)
  ensure_endpoint "$DATABASE_SERVER-records" "$id" postgresqlServer privatelink.postgres.database.azure.com
}

require_ranges() { # RANGES, OR NOTHING
  local range
  local -a ranges
  IFS=, read -ra ranges <<<"$1"
  for range in "${ranges[@]}"; do
    [[ $range =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$ ]] ||
      usage_error "--reached-from must be ranges of addresses between commas, for example 203.0.113.0/24,198.51.100.7/32"
    [[ $range != */0 ]] || usage_error "--reached-from $range is every address: leave it out"
  done
}

# Azure lets the nodes in by itself, by the address that they go out with.
ensure_api_ranges() {
  local found
  found=$(ask "ranges of $CLUSTER" az aks show --resource-group "$GROUP" --name "$CLUSTER" --output tsv \
    --query "join(',', sort(apiServerAccessProfile.authorizedIpRanges || \`[]\`))")
  # Of a cluster that was not there a moment ago nothing more is to be said.
  [[ $found != '<'* ]] || return 0
  [[ $found != "$(tr , '\n' <<<"$reached_from" | LC_ALL=C sort | paste -sd,)" ]] || return 0
  say "closing the API of $CLUSTER to all but $reached_from"
  change az aks update --resource-group "$GROUP" --name "$CLUSTER" --api-server-authorized-ip-ranges "$reached_from" --output none
}

# Nodes pull by its address in the network, and images are pushed from where the ranges are; then the rest is refused.
ensure_private_registry() {
  local id known action range
  local -a ranges
  id=$(ask "id of $REGISTRY" az acr show --resource-group "$GROUP" --name "$REGISTRY" --query id --output tsv)
  ensure_endpoint "$REGISTRY-registry" "$id" registry privatelink.azurecr.io
  known=$(ask "ranges of $REGISTRY" az acr network-rule list --resource-group "$GROUP" --name "$REGISTRY" --output tsv \
    --query "ipRules[].ipAddressOrRange")
  IFS=, read -ra ranges <<<"$reached_from"
  for range in "${ranges[@]}"; do
    # One address alone is kept without its width.
    ! grep -qxF -e "$range" -e "${range%/32}" <<<"$known" || continue
    say "letting $range reach $REGISTRY"
    change az acr network-rule add --resource-group "$GROUP" --name "$REGISTRY" --ip-address "$range" --output none
  done
  action=$(ask "answer of $REGISTRY to others" az acr show --resource-group "$GROUP" --name "$REGISTRY" --output tsv \
    --query networkRuleSet.defaultAction)
  [[ $action != Deny ]] || return 0
  say "closing $REGISTRY to all but the network $NETWORK and $reached_from"
  change az acr update --resource-group "$GROUP" --name "$REGISTRY" --default-action Deny --output none
}
