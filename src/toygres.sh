#!/bin/sh
# Runs a command of Toygres with the Node that npm installed, from whichever directory it is called.
set -eu
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$here")
# What runs a server loads more than a command that asks one.
if [ "${1:-}" = server ]; then
  case ${2:-} in standalone | api | worker) shift ;; esac
fi
case ${1:-} in
  demo) program=src/cli/demo.ts ;;
  standalone | api | worker | catalog | keys) program=src/main.ts ;;
  *) program=src/cli/toygres.ts ;;
esac

# The programs are bundled once for every state of their sources and packages: a bundle starts in a fifth of the time.
files=$(cd "$root" && find -H package-lock.json node_modules/.package-lock.json tsconfig.json schema drizzle jobs \
  resolvers src web -type f -printf '%p %s %T@\n' 2>/dev/null) || files=
bundle=
if [ -n "$files" ]; then
  bundle=$root/dist/$(printf '%s\n' "$files" | LC_ALL=C sort | sha256sum | cut -c 1-16)
  if [ ! -e "$bundle" ] && mkdir -p "$root/dist" 2>/dev/null && [ -w "$root/dist" ]; then
    # What is older than a day and all but the newest twenty go, unless a process runs from it: that one may still load
    # a part. Others may tidy up as well, or not let us: no command depends on it.
    running=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n') || true
    {
      find "$root/dist" -mindepth 1 -maxdepth 1 ! -name console -mtime +0
      find "$root/dist" -mindepth 1 -maxdepth 1 -printf '%f %T@ %p\n' | grep -E '^[0-9a-f]{16} ' | sort -k2,2nr |
        tail -n +21 | cut -d ' ' -f 3-
    } 2>/dev/null | while read -r old; do
      case $running in
        *"$old/"*) ;;
        *) rm -rf -- "$old" 2>/dev/null || true ;;
      esac
    done || true
    # Who is asked to end meanwhile ends with what it has started, and as one that was asked to: it is this shell that is asked.
    for signal in HUP INT TERM; do
      # shellcheck disable=SC2064
      trap "[ -z \"\${!:-}\" ] || { kill \"\$!\"; wait \"\$!\" || true; } 2>/dev/null; trap - $signal; kill -s $signal \$\$" "$signal"
    done
    (cd "$root" && exec sh src/with-node.sh node src/bundle.mjs "$bundle" src/main.ts src/cli/demo.ts src/cli/toygres.ts) &
    wait "$!" || true
    trap - HUP INT TERM
  fi
fi
bundled=$bundle/$(basename "$program" .ts).js
if [ -n "$bundle" ] && [ -r "$bundled" ]; then
  # Packages that Node would not blame for an old habit while they lie in node_modules are part of it.
  set -- --disable-warning=DeprecationWarning --enable-source-maps "$bundled" "$@"
else
  # Where nothing may be written, the disk is full, the sources have an error (which this tells, too), or the bundle is
  # another user's.
  echo "toygres: starts from its sources, which takes longer: no bundle can be made or read in $root/dist" >&2
  export TSX_TSCONFIG_PATH="$root/tsconfig.json"
  set -- --import "file://$root/node_modules/tsx/dist/loader.mjs" "$root/$program" "$@"
fi
exec sh "$here/with-node.sh" node --disable-warning=ExperimentalWarning "$@"
