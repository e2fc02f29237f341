# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Programs of the project that are run to show that they work, as far as
  headwater.toml says with what.

  # Type

  { pkgs, project, pname, checks :: { program = [String]; ... } } -> { name = derivation; ... }
*/
{
  pkgs,
  project,
  pname,
  checks,
}:
let
  inherit (pkgs.lib) escapeShellArg escapeShellArgs;
  check = program: arguments: {
    name = "program-${program}";
    value = pkgs.runCommand "${pname}-check" { } ''
      export HOME=$TMPDIR
      ${project}/bin/${escapeShellArg program} ${escapeShellArgs arguments} < /dev/null
      touch $out
    '';
  };
in
builtins.listToAttrs (builtins.attrValues (builtins.mapAttrs check checks))
