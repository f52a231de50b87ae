# shellcheck shell=bash
# What deploy-to-aks.sh applies, and how it waits for it.

# write_overlay DIRECTORY: the overlay aks with the names of this deployment.
write_overlay() {
  local server_digest jobs servers chosen digest
  server_digest=$(digest_of "$login_server" "toygres/server:$tag")
  jobs=$(images_by_version "$login_server" toygres/job "$tag-pg")
  servers=$(images_by_version "$login_server" postgres '')
  chosen=$(write_chosen_settings)
  cat >"$1/kustomization.yaml" <<OVERLAY
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../overlays/aks]
components: [${https:+../components/https}]
images:
  - { name: toygres/server, newName: $login_server/toygres/server, digest: '$server_digest' }
configMapGenerator:
  - name: toygres-settings
    namespace: $SYSTEM_NAMESPACE
    behavior: merge
    literals:
      - AZURE_STORAGE_ACCOUNT=$STORAGE_ACCOUNT
      - TOYGRES_IMAGE_CONTAINER=$IMAGE_CONTAINER
      - TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID=$job_client_id
      - TOYGRES_JOB_IMAGE=$jobs
      - TOYGRES_POSTGRES_IMAGE=$servers
      - TOYGRES_DNS_SUFFIX=$region.cloudapp.azure.com
$chosen
patches:
  - target: { kind: ServiceAccount, name: toygres }
    patch: |
      - op: add
        path: /metadata/annotations
        value: { azure.workload.identity/client-id: '$client_id' }
  - target: { kind: Service, name: toygres }
    patch: |
      - op: add
        path: /metadata/annotations
        value: { service.beta.kubernetes.io/azure-dns-label-name: '$label' }
OVERLAY
  [[ -n $https ]] || return 0
  digest=$(digest_of "$login_server" "$CADDY_IMAGE")
  cat >>"$1/kustomization.yaml" <<OVERLAY
  - target: { kind: Deployment, name: toygres-https }
    patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: toygres-https }
      spec:
        template:
          spec:
            containers:
              - name: caddy
                image: $login_server/${CADDY_IMAGE%%:*}@$digest
                imagePullPolicy: IfNotPresent
                env: [{ name: TOYGRES_HOSTNAME, value: '$host' }]
OVERLAY
}

# What setup-infra.sh was told: nodes for servers alone, a database that takes tokens.
write_chosen_settings() {
  local url=''
  if there aks nodepool show --resource-group "$GROUP" --cluster-name "$CLUSTER" --name "$SERVER_POOL"; then
    printf '      - %s\n' "TOYGRES_NODE_SELECTOR=$SERVER_POOL_LABEL" "TOYGRES_TOLERATIONS=$SERVER_POOL_TAINT"
  fi
  [[ -n $no_cluster ]] ||
    url=$(cluster get secret toygres --namespace "$SYSTEM_NAMESPACE" --output 'jsonpath={.data.DATABASE_URL}' | base64 --decode)
  # A user, and no password.
  [[ ! $url =~ ^postgres(ql)?://[^:@/]+@ ]] || printf '      - %s\n' TOYGRES_DATABASE_LOGIN=entra
}

# What an earlier run with --https made goes; the address and its name stay.
remove_https() {
  change_cluster delete deployment,networkpolicy,persistentvolumeclaim --namespace "$SYSTEM_NAMESPACE" \
    --selector app.kubernetes.io/component=https --ignore-not-found >&"$commands"
}

wait_for_rollout() {
  local deployment
  for deployment in api worker ${https:+https}; do
    cluster rollout status "deployment/toygres-$deployment" --namespace "$SYSTEM_NAMESPACE" --timeout 600s >&2 ||
      fail "toygres-$deployment does not come up. See:
  kubectl --context $CLUSTER --namespace $SYSTEM_NAMESPACE describe pods --selector app.kubernetes.io/component=$deployment
  kubectl --context $CLUSTER --namespace $SYSTEM_NAMESPACE logs deployment/toygres-$deployment"
  done
}
