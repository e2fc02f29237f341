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

# The usual case, decided without starting node.
marker=$project/node_modules/.headwater
if [ -e "$marker" ] && [ "$(cat "$marker")" = "$tree" ]; then exit 0; fi
exec "$node" "$script" "$tree" "$project"
