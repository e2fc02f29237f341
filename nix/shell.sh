# Gives the working copy a node_modules that links to the store's.
# usage: shell.sh TREE NODE SCRIPT; prints the project's folder.
tree=$1 node=$2 script=$3

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

# Whether all packages of the tree are linked in these folders: npm install puts
# folders in their place, and what was removed is to be linked again.
all_linked() {
  local modules at
  for modules in "$@"; do
    for at in "$tree/$modules"/* "$tree/$modules"/@*/*; do
      # A scope is a folder by right; and a pattern that met nothing is not there.
      case ${at##*/} in @*) continue ;; esac
      if [ ! -L "$project${at#"$tree"}" ] && [ -e "$at" ]; then return 1; fi
    done
  done
}

# The usual case, decided without starting node. The marker has the tree, and
# then the folders that link to it.
marker=$project/node_modules/.headwater
if [ -e "$marker" ]; then
  mapfile -t marked < "$marker"
  if [ "${marked[0]}" = "$tree" ] && all_linked "${marked[@]:1}"; then exit 0; fi
fi
exec "$node" "$script" "$tree" "$project"
