# Whether the main program prints the version, with an empty environment.

versionCheckHook() {
  local said
  said=$(env --ignore-environment "$out/bin/$NIX_MAIN_PROGRAM" --version 2>&1) || true
  case $said in
    *"$version"*) ;;
    *) echo "versionCheckHook: $NIX_MAIN_PROGRAM --version says: $said" >&2; return 1 ;;
  esac
}
preInstallCheckHooks+=(versionCheckHook)
