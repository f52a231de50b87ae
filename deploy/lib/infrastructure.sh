# shellcheck shell=bash
# The parts of setup-infra.sh: each makes one thing, or leaves it as it is.

ensure_group() { # LOCATION
  there group show --name "$GROUP" && return
  say "making the resource group $GROUP"
  change az group create --name "$GROUP" --location "$1" --output none
}

# Only one of the largest kind can have an address in a network, and refuse others.
ensure_registry() {
  local sku=Basic found
  [[ -z $private || -z $reached_from ]] || sku=Premium
  if ! there acr show --resource-group "$GROUP" --name "$REGISTRY"; then
    say "making the registry $REGISTRY"
    change az acr create --resource-group "$GROUP" --name "$REGISTRY" --sku "$sku" --admin-enabled false --output none
    return
  fi
  [[ $sku == Premium ]] || return 0
  found=$(ask "size of $REGISTRY" az acr show --resource-group "$GROUP" --name "$REGISTRY" --query sku.name --output tsv)
  [[ $found != Premium ]] || return 0
  say "making the registry $REGISTRY one that can have an address in a network"
  change az acr update --resource-group "$GROUP" --name "$REGISTRY" --sku Premium --output none
}

ensure_cluster() { # NODE-SIZE NODE-COUNT ZONE...
  local enabled kubelet registry zones=() subnet=() ranges=()
  (($# == 2)) || zones=(--zones "${@:3}")
  [[ -z $private ]] || subnet=(--vnet-subnet-id "$(subnet_id nodes)")
  [[ -z $reached_from ]] || ranges=(--api-server-authorized-ip-ranges "$reached_from")
  if ! there aks show --resource-group "$GROUP" --name "$CLUSTER"; then
    say "making the cluster $CLUSTER (some minutes)"
    change az aks create --resource-group "$GROUP" --name "$CLUSTER" --node-vm-size "$1" --node-count "$2" "${zones[@]}" "${subnet[@]}" "${ranges[@]}" \
      --enable-managed-identity --enable-oidc-issuer --enable-workload-identity --attach-acr "$REGISTRY" \
      --network-plugin azure --network-plugin-mode overlay --network-dataplane cilium --no-ssh-key --output none
    return
  fi
  [[ -z $private ]] || require_own_network
  enabled=$(ask "state of $CLUSTER" az aks show --resource-group "$GROUP" --name "$CLUSTER" --output tsv \
    --query '[oidcIssuerProfile.enabled, securityProfile.workloadIdentity.enabled]')
  if [[ ${enabled//[[:space:]]/ } != 'true true' ]]; then
    say "giving the cluster $CLUSTER workload identity"
    change az aks update --resource-group "$GROUP" --name "$CLUSTER" --enable-oidc-issuer --enable-workload-identity --output none
  fi
  kubelet=$(ask "identity of the nodes" az aks show --resource-group "$GROUP" --name "$CLUSTER" --output tsv \
    --query identityProfile.kubeletidentity.objectId)
  registry=$(ask "id of $REGISTRY" az acr show --resource-group "$GROUP" --name "$REGISTRY" --query id --output tsv)
  has_role "$kubelet" AcrPull "$registry" && return
  say "letting the cluster pull from $REGISTRY"
  change az aks update --resource-group "$GROUP" --name "$CLUSTER" --attach-acr "$REGISTRY" --output none
}

# Nodes on which nothing runs but servers and jobs; what is there already stays as it is.
ensure_server_pool() { # NODE-SIZE NODE-COUNT ZONE...
  local zones=() subnet=()
  (($# == 2)) || zones=(--zones "${@:3}")
  [[ -z $private ]] || subnet=(--vnet-subnet-id "$(subnet_id nodes)")
  there aks nodepool show --resource-group "$GROUP" --cluster-name "$CLUSTER" --name "$SERVER_POOL" && return
  say "making the nodes $SERVER_POOL (some minutes)"
  change az aks nodepool add --resource-group "$GROUP" --cluster-name "$CLUSTER" --name "$SERVER_POOL" --mode User \
    --node-vm-size "$1" --node-count "$2" "${zones[@]}" "${subnet[@]}" --labels "$SERVER_POOL_LABEL" \
    --node-taints "$SERVER_POOL_TAINT" --output none
}

ensure_storage() { # HOW MANY ZONES
  local sku=Standard_LRS
  (($1 == 0)) || sku=Standard_ZRS
  if ! there storage account show --resource-group "$GROUP" --name "$STORAGE_ACCOUNT"; then
    say "making the storage account $STORAGE_ACCOUNT"
    change az storage account create --resource-group "$GROUP" --name "$STORAGE_ACCOUNT" --sku "$sku" --kind StorageV2 \
      --https-only true --min-tls-version TLS1_2 --allow-blob-public-access false --allow-shared-key-access false \
      --output none
  fi
  there storage container-rm show --storage-account "$STORAGE_ACCOUNT" --resource-group "$GROUP" \
    --name "$IMAGE_CONTAINER" && return
  say "making the container $IMAGE_CONTAINER"
  change az storage container-rm create --storage-account "$STORAGE_ACCOUNT" --resource-group "$GROUP" \
    --name "$IMAGE_CONTAINER" --output none
}

# What is deleted, or written over, can be had back for two weeks: by whoever administers the account, and by nobody that
# Toygres or a job signs in as.
KEPT_DAYS=14

ensure_recovery() {
  local enabled
  enabled=$(ask "recovery of $STORAGE_ACCOUNT" az storage account blob-service-properties show --account-name "$STORAGE_ACCOUNT" --resource-group "$GROUP" \
    --query '[isVersioningEnabled, deleteRetentionPolicy.enabled, containerDeleteRetentionPolicy.enabled]' --output tsv)
  if [[ ${enabled//[[:space:]]/ } != 'true true true' ]]; then
    say "keeping versions and what is deleted in $STORAGE_ACCOUNT for $KEPT_DAYS days"
    change az storage account blob-service-properties update --account-name "$STORAGE_ACCOUNT" --resource-group "$GROUP" \
      --enable-versioning true --enable-delete-retention true --delete-retention-days "$KEPT_DAYS" \
      --enable-container-delete-retention true --container-delete-retention-days "$KEPT_DAYS" --output none
  fi
  there storage account management-policy show --account-name "$STORAGE_ACCOUNT" --resource-group "$GROUP" && return
  # Else versions of deleted images would stay, and cost, for ever. What this takes away is kept as what is deleted is.
  say "taking away old versions in $STORAGE_ACCOUNT"
  change az storage account management-policy create --account-name "$STORAGE_ACCOUNT" --resource-group "$GROUP" \
    --policy "@$here/lib/old-versions.json" --output none
}

ensure_immutability() { # DAYS
  local held=''
  if there storage container immutability-policy show --account-name "$STORAGE_ACCOUNT" --resource-group "$GROUP" \
    --container-name "$IMAGE_CONTAINER"; then
    held=$(az storage container immutability-policy show --account-name "$STORAGE_ACCOUNT" --resource-group "$GROUP" \
      --container-name "$IMAGE_CONTAINER" --query immutabilityPeriodSinceCreationInDays --output tsv)
  fi
  [[ $held != "$1" ]] || return 0
  say "keeping what is written to $IMAGE_CONTAINER for $1 days, whoever wants it away"
  change az storage container immutability-policy create --account-name "$STORAGE_ACCOUNT" --resource-group "$GROUP" \
    --container-name "$IMAGE_CONTAINER" --period "$1" --output none
  say "the policy is not locked: whoever administers the account can end it until it is"
}

# Before the database, so that its password is never known only to a run that broke off.
ensure_secret() {
  local url password
  change_cluster apply --server-side --field-manager toygres-deploy --filename "$here/base/namespace.yaml" >&"$commands"
  secret_there && return
  say "making the Secret toygres in $SYSTEM_NAMESPACE"
  if [[ -n $dry_run ]]; then
    change_cluster create --filename -
    note 'over stdin the Secret toygres: DATABASE_URL, TOYGRES_ENCRYPTION_KEY, TOYGRES_API_TOKEN, made anew'
    return
  fi
  # Azure wants capitals, small letters, digits or signs in it; the URL wants none that mean something there.
  password=Tg-$(openssl rand -hex 24)
  url=postgresql://toygres:$password@$DATABASE_SERVER.postgres.database.azure.com:5432/toygres?sslmode=require
  [[ -z $entra ]] || url=postgresql://$IDENTITY@$DATABASE_SERVER.postgres.database.azure.com:5432/toygres?sslmode=verify-full
  url=${DATABASE_URL:-$url}
  # Over stdin: what stands on a command line can be read by every user of this machine.
  printf '%s\n' '{ "apiVersion": "v1", "kind": "Secret", "type": "Opaque",' \
    "\"metadata\": { \"name\": \"toygres\", \"namespace\": \"$SYSTEM_NAMESPACE\" }, \"stringData\": {" \
    "\"DATABASE_URL\": \"$url\", \"TOYGRES_ENCRYPTION_KEY\": \"$(openssl rand -base64 32)\"," \
    "\"TOYGRES_API_TOKEN\": \"$(openssl rand -hex 32)\" } }" | cluster create --filename - >&2
  say "without its TOYGRES_ENCRYPTION_KEY no image can be read: keep a copy outside of the cluster"
}

# read_password: REPLY is the password that the Secret holds; none with --entra.
read_password() {
  local url
  url=$(cluster get secret toygres --namespace "$SYSTEM_NAMESPACE" --output 'jsonpath={.data.DATABASE_URL}' | base64 --decode)
  if [[ -n $entra ]]; then
    [[ $url == postgresql://$IDENTITY@$DATABASE_SERVER.* ]] ||
      fail "DATABASE_URL in the Secret toygres was made without --entra, or names another database than $DATABASE_SERVER: put it right there"
    REPLY=''
    return
  fi
  [[ $url =~ ^postgresql://toygres:(Tg-[0-9a-f]+)@$DATABASE_SERVER\. ]] ||
    fail "DATABASE_URL in the Secret toygres names another database than $DATABASE_SERVER, or was made with --entra: set DATABASE_URL to it"
  REPLY=${BASH_REMATCH[1]}
}

# By a template: the options of `az postgres` were renamed from release to release. A deployment that broke off is repeated.
ensure_database() { # LOCATION, HOW MANY ZONES
  local address='' state principal='' redundant=false isolated=false
  (($2 == 0)) || redundant=true
  [[ -z $private ]] || isolated=true
  if there deployment group show --resource-group "$GROUP" --name toygres-database; then
    state=$(az deployment group show --resource-group "$GROUP" --name toygres-database --output tsv \
      --query properties.provisioningState)
    [[ $state != Succeeded ]] || return 0
  fi
  say "making the PostgreSQL server $DATABASE_SERVER (some minutes)"
  [[ -n $dry_run ]] || read_password
  [[ -z $entra ]] ||
    principal=$(ask "principal of $IDENTITY" az identity show --resource-group "$GROUP" --name "$IDENTITY" --query principalId --output tsv)
  [[ -n $private ]] || read_outbound_address
  if [[ -n $dry_run ]]; then
    note "the file of parameters names $DATABASE_SERVER, $1, zoneRedundant $redundant, private $isolated, ${address:-no address}" \
      "and $([[ -n $entra ]] && echo "the identity $IDENTITY" || echo 'the password of the Secret')"
  else
    (
      umask 077
      printf '{ "parameters": { "server": { "value": "%s" }, "password": { "value": "%s" },
        "clusterAddress": { "value": "%s" }, "location": { "value": "%s" }, "zoneRedundant": { "value": %s },
        "private": { "value": %s }, "identity": { "value": "%s" }, "principal": { "value": "%s" } } }\n' \
        "$DATABASE_SERVER" "$REPLY" "$address" "$1" "$redundant" "$isolated" "${principal:+$IDENTITY}" "$principal" \
        >"$scratch/parameters.json"
    )
  fi
  change az deployment group create --resource-group "$GROUP" --name toygres-database --no-prompt true --output none \
    --template-file "$here/lib/database.json" --parameters "@$scratch/parameters.json"
}

# read_outbound_address: by which the cluster comes to the database; the variable `address` of the caller.
read_outbound_address() {
  address=$(ask "outbound address of $CLUSTER" az aks show --resource-group "$GROUP" --name "$CLUSTER" --output tsv \
    --query 'networkProfile.loadBalancerProfile.effectiveOutboundIPs[0].id')
  address=$(ask "outbound address of $CLUSTER" az network public-ip show --ids "$address" --query ipAddress --output tsv)
}
