#!/bin/sh
# Runs a command of Toygres with the Node that npm installed, from whichever directory it is called.
set -eu
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$here")
case ${1:-} in
  demo) entry=$here/cli/demo.ts ;;
  *) entry=$here/main.ts ;;
esac
export TSX_TSCONFIG_PATH="$root/tsconfig.json"
exec sh "$here/with-node.sh" node --disable-warning=ExperimentalWarning \
  --import "file://$root/node_modules/tsx/dist/loader.mjs" "$entry" "$@"
