/**
  The development shell: node, npm, and a node_modules that links to the store.

  # Type

  { pkgs, tools, packages, tree } -> derivation
*/
{
  pkgs,
  tools,
  packages,
  tree,
}:
let
  select = import ./select.nix;
  libraries = builtins.concatMap (package: package.buildInputs or [ ]) (
    builtins.attrValues packages.built
  );
in
pkgs.mkShell {
  name = "${packages.pname}-shell";
  packages = [ tools.nodejs ];
  buildInputs = map (select.input pkgs) libraries;
  shellHook = ''
    ${tools.interpreters.bash} ${./shell.sh} ${tree} ${tools.interpreters.node} ${tools.js}/shell.js
  '';
}
