# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  A project that is not here, ready to be built: what a fetcher gave, unpacked,
  with the lockfile that was converted, and without what does not enter its
  source.

  # Type

  { pkgs, src, name, lockfile, exclude } -> derivation
*/
{
  pkgs,
  src,
  name,
  lockfile,
  exclude,
}:
pkgs.stdenvNoCC.mkDerivation (
  {
    inherit name src;
    expressions = builtins.concatStringsSep "\n" exclude;
    dontConfigure = true;
    buildPhase = ''
      runHook preBuild
      ${builtins.readFile ./fetched.sh}
      runHook postBuild
    '';
    installPhase = ''
      runHook preInstall
      cp -R . $out
      runHook postInstall
    '';
    # It is source, and stays as it is.
    dontFixup = true;
  }
  // (
    if lockfile == null then
      { }
    else
      {
        lockfile = lockfile.path;
        lockfileHash = lockfile.sha256;
      }
  )
)
