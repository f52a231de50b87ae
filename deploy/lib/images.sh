# shellcheck shell=bash
# The images of a checkout: each state of it has a tag of its own, so that a tag in the registry never changes its meaning.

# choose_tag: the version with the commit, and with the hash of what was changed since.
choose_tag() {
  local version commit changes
  version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$here/../package.json")
  commit=$(git -C "$here" rev-parse --short=12 HEAD) || fail "the images are named for the commit: run this in a git checkout"
  changes=$(cd "$here/.." && { git diff HEAD -- . && git ls-files --others --exclude-standard -z | xargs -0r sha256sum --; } |
    sha256sum)
  if [[ -n $(git -C "$here/.." status --porcelain -- .) ]]; then commit+=-${changes:0:8}; fi
  printf '%s-%s\n' "$version" "$commit"
}

# What is pulled, of ours and of others, comes from our registry alone.
push_images() { # LOGIN-SERVER TAG
  local major
  change az acr login --name "$REGISTRY" --output none >&"$commands" || fail "docker cannot be signed in to $REGISTRY"
  ensure_image "$1" "toygres/server:$2" "$here/docker/server.Dockerfile"
  for major in 15 16 17 18; do
    ensure_image "$1" "toygres/job:$2-pg$major" "$here/docker/job.Dockerfile" --build-arg "PG_MAJOR=$major"
    import_image "$1" "postgres:$major"
  done
  [[ -z $https ]] || import_image "$1" "$CADDY_IMAGE"
}

# import_image: copies an image of others. Its tag may mean another one later: --refresh copies that.
import_image() { # LOGIN-SERVER IMAGE
  local known=''
  if [[ $1 != *'<'* ]] && there acr repository show --name "$REGISTRY" --image "$2"; then known=1; fi
  [[ -z $known || -n $refresh ]] || return 0
  say "copying $2 from $image_source"
  change az acr import --name "$REGISTRY" --source "$image_source/$2" --image "$2" ${known:+--force} --output none >&"$commands"
}

# digest_of: by which it is named, so that what runs is what was pushed, whatever becomes of its tag.
digest_of() { # LOGIN-SERVER IMAGE
  if [[ $1 == *'<'* ]]; then
    printf '<digest of %s>\n' "$2"
    return
  fi
  ask "digest of $2" az acr repository show --name "$REGISTRY" --image "$2" --query digest --output tsv
}

# images_by_version LOGIN-SERVER NAME TAG-BEFORE-MAJOR: as TOYGRES_POSTGRES_IMAGE has them, 15=NAME@DIGEST,...
images_by_version() {
  local major digest text=''
  for major in 15 16 17 18; do
    digest=$(digest_of "$1" "$2:$3$major") || return
    text+=${text:+,}$major=$1/$2@$digest
  done
  printf '%s\n' "$text"
}

ensure_image() { # LOGIN-SERVER IMAGE DOCKERFILE [BUILD-OPTION]...
  local server=$1 image=$2 file=$3
  shift 3
  if [[ $server == *'<'* ]] || ! there acr repository show --name "$REGISTRY" --image "$image"; then
    say "building $image"
    change docker build --platform linux/amd64 --file "$file" --tag "$server/$image" "$@" "$here/.." >&"$commands"
    change docker push "$server/$image" >&"$commands"
  fi
  [[ -z $cosign_key ]] || sign_image "$server" "$image"
  [[ -z $lock ]] || lock_image "$image"
}

# By its digest: a tag may be given to something else while it is signed.
sign_image() { # LOGIN-SERVER IMAGE
  local digest
  digest=$(digest_of "$1" "$2")
  say "signing $2"
  change cosign sign --yes --key "$cosign_key" "$1/${2%%:*}@$digest" >&"$commands"
}

lock_image() { # IMAGE
  local open
  open=$(ask "whether $1 is open" az acr repository show --name "$REGISTRY" --image "$1" --query changeableAttributes.writeEnabled --output tsv)
  [[ $open != false ]] || return 0
  say "locking $1"
  change az acr repository update --name "$REGISTRY" --image "$1" --write-enabled false --output none >&"$commands"
}
