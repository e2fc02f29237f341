# SPDX-License-Identifier: MIT OR Apache-2.0
# In the folder of a project that was fetched: checks its lockfile, and removes
# what does not enter its source.

# One that is not there is not asked about: the converted project does without it.
if [ -n "${lockfile-}" ] && [ -e "$lockfile" ]; then
  found=$(sha256sum "$lockfile")
  if [ "${found%% *}" != "$lockfileHash" ]; then
    echo "headwater: $lockfile of src is not the one that was converted: run headwater convert for this version of it" >&2
    exit 1
  fi
fi
find . -name node_modules -prune -exec rm -rf {} +
find . -name .git -prune -exec rm -rf {} +
while IFS= read -r expression; do
  [ -n "$expression" ] || continue
  find . -mindepth 1 -regextype posix-extended -regex "\./($expression)" -prune -exec rm -rf {} +
done <<< "${expressions-}"
