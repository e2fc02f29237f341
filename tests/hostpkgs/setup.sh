# The shell half of the stand-in's stdenv: PATH from the inputs, the phases and
# their hooks. Sourced by every build and by `nix develop`.

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800}
export NIX_BUILD_CORES=${NIX_BUILD_CORES:-1}

_addInput() {
  local dir=$1 line
  case " ${_seenInputs-} " in *" $dir "*) return 0 ;; esac
  _seenInputs="${_seenInputs-} $dir"
  if [ -d "$dir/bin" ]; then _inputPath=${_inputPath:+$_inputPath:}$dir/bin; fi
  if [ -d "$dir/include" ]; then export CPATH=${CPATH:+$CPATH:}$dir/include; fi
  if [ -d "$dir/lib" ]; then export LIBRARY_PATH=${LIBRARY_PATH:+$LIBRARY_PATH:}$dir/lib; fi
  if [ -d "$dir/lib/pkgconfig" ]; then
    export PKG_CONFIG_PATH=${PKG_CONFIG_PATH:+$PKG_CONFIG_PATH:}$dir/lib/pkgconfig
  fi
  if [ -e "$dir/nix-support/propagated-build-inputs" ]; then
    for line in $(<"$dir/nix-support/propagated-build-inputs"); do _addInput "$line"; done
  fi
  if [ -e "$dir/nix-support/setup-hook" ]; then source "$dir/nix-support/setup-hook"; fi
}
# What setup hooks want called with every input. There are no others than those of the target.
targetOffset=0
_envHooks=()
addEnvHooks() {
  shift
  _envHooks+=("$@")
}
# Hooks may call the tools, so these are there from the start, behind the inputs.
PATH=$initialPath
# Arrays, where there are structured attributes.
for _input in ${nativeBuildInputs[*]-} ${buildInputs[*]-} ${propagatedBuildInputs[*]-} ${checkInputs[*]-} ${nativeCheckInputs[*]-}; do
  _addInput "$_input"
done
export PATH=${_inputPath:+$_inputPath:}$initialPath
for _input in ${_seenInputs-}; do
  for _hook in "${_envHooks[@]}"; do "$_hook" "$_input"; done
done
unset _input _inputPath _seenInputs _hook
export CONFIG_SHELL=${SHELL:-}

runHook() {
  local name=$1 hook
  if declare -F "$name" > /dev/null; then "$name"; elif [ -n "${!name-}" ]; then eval "${!name}"; fi
  local -n list="${name}Hooks" 2> /dev/null || return 0
  for hook in "${list[@]}"; do
    if declare -F "$hook" > /dev/null; then "$hook"; else eval "$hook"; fi
  done
}

_runPhase() {
  local phase=$1 short=${1%Phase} skip
  skip=dont${short^}
  case $short in
    unpack | patch | configure | build | install | fixup) if [ -n "${!skip-}" ]; then return 0; fi ;;
    check) if [ -z "${doCheck-}" ]; then return 0; fi ;;
    installCheck) if [ -z "${doInstallCheck-}" ]; then return 0; fi ;;
  esac
  echo "Running phase: $phase"
  if [ -n "${!phase-}" ]; then eval "${!phase}"; else "$phase"; fi
}

unpackPhase() {
  runHook preUnpack
  local source list=${srcs:-${src-}}
  for source in $list; do
    if [ -d "$source" ]; then
      cp -r --no-preserve=ownership --reflink=auto -- "$source" "$(stripHash "$source")"
      chmod -R u+w -- "$(stripHash "$source")"
      sourceRoot=${sourceRoot:-$(stripHash "$source")}
    else
      tar -xf "$source"
      sourceRoot=${sourceRoot:-$(tar -tf "$source" | sed -n '1s|/.*||p')}
    fi
  done
  if [ -n "${sourceRoot-}" ]; then cd -- "$sourceRoot"; fi
  runHook postUnpack
}

patchPhase() {
  runHook prePatch
  local item
  for item in ${patches-}; do patch -p1 < "$item"; done
  runHook postPatch
}

configurePhase() {
  runHook preConfigure
  if [ -x ./configure ]; then ./configure --prefix="$out" ${configureFlags-}; fi
  runHook postConfigure
}

buildPhase() {
  runHook preBuild
  if [ -e Makefile ]; then make -j"$NIX_BUILD_CORES" ${makeFlags-}; fi
  runHook postBuild
}

checkPhase() {
  runHook preCheck
  if [ -e Makefile ]; then make check; fi
  runHook postCheck
}

installPhase() {
  runHook preInstall
  if [ -e Makefile ]; then make install ${makeFlags-}; fi
  runHook postInstall
}

installCheckPhase() {
  runHook preInstallCheck
  runHook postInstallCheck
}

fixupPhase() {
  runHook preFixup
  if [ -z "${dontPatchShebangs-}" ] && [ -d "$out" ]; then patchShebangs "$out"; fi
  if [ -n "${propagatedBuildInputs-}" ]; then
    mkdir -p "$out/nix-support"
    echo "$propagatedBuildInputs" > "$out/nix-support/propagated-build-inputs"
  fi
  runHook postFixup
}

genericBuild() {
  if [ -n "${buildCommandPath-}" ]; then
    source "$buildCommandPath"
  elif [ -n "${buildCommand-}" ]; then
    eval "$buildCommand"
  else
    local phase
    for phase in ${phases:-${prePhases-} unpackPhase patchPhase ${preConfigurePhases-} configurePhase ${preBuildPhases-} buildPhase checkPhase ${preInstallPhases-} installPhase ${preFixupPhases-} fixupPhase installCheckPhase ${postPhases-}}; do
      _runPhase "$phase"
    done
  fi
}

stripHash() {
  local base
  base=$(basename "$1")
  if [[ $base =~ ^[0-9a-z]{32}- ]]; then base=${base:33}; fi
  echo "$base"
}

patchShebangs() {
  local file line words program found
  while IFS= read -r -d '' file; do
    IFS= read -r line < "$file" || true
    [[ ${line-} == '#!'* && $line != *"/nix/store/"* ]] || continue
    read -r -a words <<< "${line#'#!'}"
    if [[ ${words[0]} == */env ]]; then words=("${words[@]:1}"); fi
    if [[ ${words[0]-} == -S ]]; then words=("${words[@]:1}"); fi
    program=${words[0]##*/}
    found=$(command -v "$program" || true)
    [ -n "$found" ] || continue
    words[0]=$found
    chmod u+w "$file"
    sed -i "1s|.*|#!${words[*]}|" "$file"
  done < <(find "$@" -type f -perm -0100 -print0)
}

substituteInPlace() {
  local file=$1 content
  shift
  content=$(<"$file")
  while (($#)); do
    case $1 in
      --replace-fail)
        if [[ $content != *"$2"* ]]; then echo "substituteInPlace: no '$2' in $file" >&2; return 1; fi
        content=${content//"$2"/"$3"}
        ;;
      --replace | --replace-warn | --replace-quiet) content=${content//"$2"/"$3"} ;;
      *) echo "substituteInPlace: unknown option $1" >&2; return 1 ;;
    esac
    shift 3
  done
  printf '%s\n' "$content" > "$file"
}

# Shell scripts expect these whatever the inputs are.
export TERM=${TERM:-dumb}
if [ -z "${IN_NIX_SHELL-}" ]; then export HOME=/homeless-shelter; fi
