/**
  The development shell: node, npm, and a node_modules that links to the store.

  # Type

  { pkgs, tools, packages, removed, tree } -> derivation
*/
{
  pkgs,
  tools,
  packages,
  removed,
  tree,
}:
let
  select = import ./select.nix;
  libraries = builtins.concatMap (package: package.buildInputs or [ ]) (
    builtins.attrValues (removeAttrs packages.built removed)
  );
in
pkgs.mkShell {
  name = "${packages.pname}-shell";
  packages = [ tools.nodejs ];
  buildInputs = map (select.input pkgs) libraries;
  shellHook = ''
    headwaterProject=$(
      ${tools.interpreters.bash} ${./shell.sh} \
        ${tree} ${tools.interpreters.node} ${tools.js}/shell.js
    )
    # Last, so that no package's program hides one of the shell's own.
    if [ -n "$headwaterProject" ]; then export PATH="$PATH:$headwaterProject/node_modules/.bin"; fi
    unset headwaterProject
  '';
}
