/**
  Whether the project still has the lockfile that it was converted from.
*/
{
  /**
    One sentence where the lockfile is not that of the conversion. A file that
    is not there is not asked about: it may be left out of the source, as by
    git, and the converted project does without it.

    # Type

    stale :: Path -> { path :: String; sha256 :: String; } | null -> [String]
  */
  stale =
    src: lockfile:
    let
      file = src + "/${lockfile.path}";
    in
    if
      lockfile == null
      || !(builtins.pathExists file)
      || builtins.hashFile "sha256" file == lockfile.sha256
    then
      [ ]
    else
      [ "${lockfile.path} has changed since the conversion: run headwater convert" ];
}
