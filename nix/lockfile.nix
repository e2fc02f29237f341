# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Whether the project still has the lockfile that it was converted from.
*/
{
  /**
    One sentence where the lockfile is not that of the conversion. A file that
    is not there is not asked about: it may be left out of the source, as by
    git, and the converted project does without it. Of a project that is fetched
    the build asks (fetched.nix).

    # Type

    stale :: Path | derivation -> { path :: String; sha256 :: String; } | null -> [String]
  */
  stale =
    src: lockfile:
    let
      file = src + "/${lockfile.path}";
      isOther = builtins.pathExists file && builtins.hashFile "sha256" file != lockfile.sha256;
    in
    if lockfile != null && builtins.isPath src && isOther then
      [ "${lockfile.path} has changed since the conversion: run headwater convert" ]
    else
      [ ];
}
