#!/usr/bin/env bash
# Prints the Secrets that the overlay `local` needs, made anew at each call:
#
#   deploy/overlays/local/make-secrets.sh | kubectl create -f -
#
# `create` refuses what is there already: the passwords that are in use stay. NAMESPACE: default toygres-system.
set -euo pipefail
namespace=${NAMESPACE:-toygres-system}

hex() { openssl rand -hex "$1"; }

secret() { # NAME [KEY VALUE]...
  printf -- '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\n' "$1" "$namespace"
  printf '  labels: { app.kubernetes.io/part-of: toygres }\ntype: Opaque\nstringData:\n'
  shift
  while (($# > 0)); do
    printf '  %s: "%s"\n' "$1" "$2"
    shift 2
  done
}

password=$(hex 24)
# The name of the Service, too.
account=toygresblobs
key=$(openssl rand -base64 64 | tr -d '\n')
blobs=http://$account.$namespace.svc.cluster.local:10000
secret toygres-cms password "$password"
secret toygres-azurite accounts "$account:$key"
secret toygres \
  DATABASE_URL "postgresql://postgres:$password@toygres-cms:5432/toygres" \
  TOYGRES_ENCRYPTION_KEY "$(openssl rand -base64 32)" \
  TOYGRES_API_TOKEN "$(hex 32)" \
  AZURE_STORAGE_CONNECTION_STRING \
  "DefaultEndpointsProtocol=http;AccountName=$account;AccountKey=$key;BlobEndpoint=$blobs;"
