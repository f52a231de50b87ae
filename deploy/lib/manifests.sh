# shellcheck shell=bash
# What deploy-to-aks.sh applies, and how it waits for it.

# write_overlay DIRECTORY: the overlay aks with the names of this deployment.
write_overlay() {
  cat >"$1/kustomization.yaml" <<OVERLAY
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../overlays/aks]
components: [${https:+../components/https}]
images:
  - { name: toygres/server, newName: $login_server/toygres/server, newTag: '$tag' }
configMapGenerator:
  - name: toygres-settings
    namespace: $SYSTEM_NAMESPACE
    behavior: merge
    literals:
      - AZURE_STORAGE_ACCOUNT=$STORAGE_ACCOUNT
      - TOYGRES_IMAGE_CONTAINER=$IMAGE_CONTAINER
      - TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID=$job_client_id
      - TOYGRES_JOB_IMAGE=$login_server/toygres/job:$tag-pg{version}
      - TOYGRES_DNS_SUFFIX=$region.cloudapp.azure.com
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
                env: [{ name: TOYGRES_HOSTNAME, value: '$host' }]
OVERLAY
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
