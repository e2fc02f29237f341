# autoPatchelf, as nixpkgs' hook of that name has it, for a build command that calls it itself.
# shellcheck disable=SC2154

declare -a autoPatchelfLibs

gatherLibraries() {
  autoPatchelfLibs+=("$1/lib")
}
addEnvHooks "$targetOffset" gatherLibraries

autoPatchelf() {
  if [ "${1-}" = -- ]; then shift; fi
  /usr/bin/python3 -I @program@ --host-libraries @hostLibraries@ --ignore-missing ${autoPatchelfIgnoreMissingDeps-} \
    --libs "${autoPatchelfLibs[@]}" --paths "$@"
}
