# SPDX-License-Identifier: MIT OR Apache-2.0
# Gives the working copy a node_modules that links to the store's, or has copies.
# usage: shell.sh TREE NODE SCRIPT [link|copy [WHY]]; prints the project's folder.
tree=$1 node=$2 script=$3 mode=${4:-link} why=${5-}

# The project is the nearest folder upward that was converted.
project=$PWD
until [ -e "$project/package.json" ] && { [ -e "$project/headwater.lock" ] || [ -d "$project/nix/headwater" ]; }; do
  if [ -z "$project" ] || [ "$project" = / ]; then
    echo "headwater: no converted project here or above, so no node_modules is linked" >&2
    exit 0
  fi
  project=${project%/*}
done

printf '%s\n' "$project"

# Whether all packages of the tree are there in these folders: npm install puts
# folders in the place of links, and what was removed is to come again.
all_there() {
  local modules at
  for modules in "$@"; do
    for at in "$tree/$modules"/* "$tree/$modules"/@*/*; do
      # A scope is a folder by right; and a pattern that met nothing is not there.
      case ${at##*/} in @*) continue ;; esac
      if [ ! -e "$at" ] || [ -L "$project${at#"$tree"}" ]; then continue; fi
      if [ "$mode" = link ] || [ ! -e "$project${at#"$tree"}" ]; then return 1; fi
    done
  done
}

# The usual case, decided without starting node. The marker has the tree and how
# it is here, and then the folders that have it.
marker=$project/node_modules/.headwater
if [ -e "$marker" ]; then
  mapfile -t marked < "$marker"
  if [ "${marked[0]}" = "$tree $mode" ] && all_there "${marked[@]:1}"; then exit 0; fi
fi
exec "$node" "$script" "$tree" "$project" "$mode" "$why"
