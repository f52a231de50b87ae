# shellcheck shell=bash
# Who signs in to the blob store, and what each may do there. Sourced by setup-infra.sh.

has_role() { # PRINCIPAL ROLE SCOPE
  local found
  [[ $1$3 != *'<'* ]] || return 1
  # Not with --assignee: that looks the principal up in a directory where new ones take their time to show.
  found=$(az role assignment list --role "$2" --scope "$3" --query "[?principalId=='$1'].id" --output tsv)
  [[ -n $found ]]
}

# The server may do everything with blobs: it removes images. Jobs, next to which code of a tenant runs, read and write images
# and delete nothing, as an identity of their own.
ensure_identities() {
  local storage container issuer
  storage=$(ask "id of $STORAGE_ACCOUNT" az storage account show --resource-group "$GROUP" --name "$STORAGE_ACCOUNT" --query id --output tsv)
  container=$storage/blobServices/default/containers/$IMAGE_CONTAINER
  issuer=$(ask "issuer of $CLUSTER" az aks show --resource-group "$GROUP" --name "$CLUSTER" --query oidcIssuerProfile.issuerUrl --output tsv)

  ensure_identity "$IDENTITY"
  ensure_role "$IDENTITY" 'Storage Blob Data Contributor' "$storage"
  ensure_federation "$IDENTITY" server "$issuer" "system:serviceaccount:$SYSTEM_NAMESPACE:toygres"

  ensure_identity "$JOB_IDENTITY"
  ensure_job_role "$storage"
  ensure_role "$JOB_IDENTITY" "$JOB_ROLE" "$container"
  ensure_federation "$JOB_IDENTITY" jobs "$issuer" "system:serviceaccount:$MANAGED_NAMESPACE:toygres-jobs"

  # Of before jobs had an identity of their own.
  there identity federated-credential show --resource-group "$GROUP" --identity-name "$IDENTITY" --name jobs || return 0
  say "letting jobs sign in as $IDENTITY no more"
  change az identity federated-credential delete --resource-group "$GROUP" --identity-name "$IDENTITY" --name jobs --yes --output none
}

ensure_identity() { # NAME
  there identity show --resource-group "$GROUP" --name "$1" && return
  say "making the identity $1"
  change az identity create --resource-group "$GROUP" --name "$1" --output none
}

# A role is known to all of the directory, and so is called by the account, whose name is nobody else's.
ensure_job_role() { # SCOPE
  local found blobs=Microsoft.Storage/storageAccounts/blobServices/containers/blobs
  found=$(az role definition list --name "$JOB_ROLE" --custom-role-only true --query '[].id' --output tsv)
  [[ -z $found ]] || return 0
  say "making the role $JOB_ROLE"
  printf '%s\n' "{ \"Name\": \"$JOB_ROLE\", \"IsCustom\": true," \
    '"Description": "What jobs of Toygres do with images: read and write, and never delete.", "Actions": [], "NotActions": [],' \
    "\"DataActions\": [\"$blobs/read\", \"$blobs/write\", \"$blobs/add/action\"]," \
    "\"NotDataActions\": [\"$blobs/delete\", \"$blobs/deleteBlobVersion/action\"]," \
    "\"AssignableScopes\": [\"$1\"] }" >"$scratch/job-role.json"
  [[ -z $dry_run ]] || note "the file of the role allows $blobs/read, write and add/action on $1"
  change az role definition create --role-definition "@$scratch/job-role.json" --output none
}

ensure_role() { # IDENTITY ROLE SCOPE
  local principal
  principal=$(ask "principal of $1" az identity show --resource-group "$GROUP" --name "$1" --query principalId --output tsv)
  has_role "$principal" "$2" "$3" && return
  say "giving $1 the role $2"
  # With its type: a new identity is not yet known everywhere, and would be looked up in vain.
  change az role assignment create --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal \
    --role "$2" --scope "$3" --output none
}

ensure_federation() { # IDENTITY NAME ISSUER SUBJECT
  there identity federated-credential show --resource-group "$GROUP" --identity-name "$1" --name "$2" && return
  say "letting $4 sign in as $1"
  change az identity federated-credential create --resource-group "$GROUP" --identity-name "$1" --name "$2" \
    --issuer "$3" --subject "$4" --audiences api://AzureADTokenExchange --output none
}
