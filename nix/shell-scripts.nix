# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  The life-cycle scripts of the project's own packages, for the shell: a program
  that runs them, and a hook that does so once for each tree.

  # Type

  { pkgs, tools, scripts, tree } -> { packages :: [derivation]; hook :: String; }
*/
{
  pkgs,
  tools,
  scripts,
  tree,
}:
let
  config = pkgs.writeText "headwater-scripts.json" (
    builtins.toJSON {
      inherit scripts;
      inherit (tools) nodeHeaders;
      nodejs = "${tools.nodejs}";
      tree = "${tree}";
    }
  );
  run = "${tools.interpreters.node} ${tools.js}/own-scripts.js";
in
if scripts == [ ] then
  {
    packages = [ ];
    hook = "";
  }
else
  {
    packages = [
      (pkgs.writeShellScriptBin "headwater-scripts" ''
        exec ${run} ${config} "''${HEADWATER_PROJECT:?is set by the shell of a converted project}"
      '')
    ];
    # The usual case, decided without starting node.
    hook = ''
      if [ -n "$headwaterProject" ]; then
        export HEADWATER_PROJECT=$headwaterProject
        if [ "$(cat "$headwaterProject/node_modules/.headwater-scripts" 2> /dev/null)" != ${config} ]; then
          ${run} ${config} "$headwaterProject" enter
        fi
      fi
    '';
  }
