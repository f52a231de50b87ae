#!/bin/sh
# Runs a command of Toygres with the Node that npm installed, from whichever directory it is called.
set -eu
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$here")
case ${1:-} in
  demo) program=src/cli/demo.ts ;;
  *) program=src/main.ts ;;
esac

# The programs are bundled once for every state of their sources: a bundle starts in a fifth of the time.
state=$(cd "$root" \
  && find package-lock.json tsconfig.json schema drizzle jobs resolvers src -type f -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum)
bundle=$root/dist/$(expr "$state" : '\(.\{16\}\)')
bundled=$bundle/$(basename "$program" .ts).js
if [ ! -e "$bundle" ] && mkdir -p "$root/dist" 2>/dev/null && [ -w "$root/dist" ]; then
  # A server that runs may still load a part of an older one.
  find "$root/dist" -mindepth 1 -maxdepth 1 -mtime +0 -exec rm -rf {} +
  (cd "$root" && sh src/with-node.sh node src/bundle.mjs "$bundle" src/main.ts src/cli/demo.ts) || true
fi
if [ -r "$bundled" ]; then
  # Packages that Node would not blame for an old habit while they lie in node_modules are part of it.
  set -- --disable-warning=DeprecationWarning --enable-source-maps "$bundled" "$@"
else
  # Where nothing may be written, or the disk is full.
  export TSX_TSCONFIG_PATH="$root/tsconfig.json"
  set -- --import "file://$root/node_modules/tsx/dist/loader.mjs" "$root/$program" "$@"
fi
exec sh "$here/with-node.sh" node --disable-warning=ExperimentalWarning "$@"
