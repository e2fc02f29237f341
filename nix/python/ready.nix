# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  One package, taken as a wheel that somebody else built: laid out as it is.
  Code of a machine is made to find its libraries, by nixpkgs' autoPatchelfHook:
  in the package itself, in what the manylinux policies let wheels take from the
  system, and in the package's own `buildInputs`. Its `env` is the hook's
  (`autoPatchelfIgnoreMissingDeps`).

  Outputs and layout are those of ./wheel.nix. It asks for nothing to be built
  with, so it has no `requirements`.

  # Type

  { pkgs, tools, sourceOf, interpreter, upperBounds } -> package -> derivation
*/
{
  pkgs,
  tools,
  sourceOf,
  interpreter,
  upperBounds,
}:
let
  tags = import ./tags.nix;
  text = import ../text.nix;
  inherit (import ../select.nix) input;
  inherit (pkgs.lib) sourceTypes;

  run = script: "${tools.interpreter} ${builtins.concatStringsSep " " (tools.run script)}";

  # PEP 656 lets musllinux wheels take nothing but musl from the system.
  system = {
    manylinux = [ pkgs.stdenv.cc.cc.lib ] ++ pkgs.pythonManylinuxPackages.manylinux2014;
    musllinux = [ pkgs.stdenv.cc.cc.lib ];
  };
in
package:
let
  title = "${package.name} ${package.version}";
  source =
    if package.source ? wheels then tags.choose interpreter title package.source.wheels else package.source;
  file = source.file or (baseNameOf source.local);
  isPure = tags.isPure file;
  isLinked = !isPure && system ? ${interpreter.os};
in
(if isPure then pkgs.stdenvNoCC else pkgs.stdenv).mkDerivation (
  tools.variables
  // package.env or { }
  // {
    # nixpkgs' own policy names it by these.
    pname = text.storeName package.name;
    version = text.storeName package.version;
    inherit title;
    outputs = [
      "out"
      "dist"
    ];
    config = builtins.toJSON {
      inherit (package) name version;
      inherit (tools) sitePackages;
      inherit (interpreter) libc;
      inherit upperBounds file;
      source = sourceOf (package // { inherit source; });
      # The project's own file may have a new version since it was converted.
      isOwn = package.source ? local;
    };
    passAsFile = [ "config" ];
    buildCommand = ''
      ${run "ready.py"}
    ''
    + (
      if isLinked then
        ''
          linked=
          if autoPatchelf -- "$out" > "$TMPDIR/linking" 2>&1; then linked=yes; fi
          cat "$TMPDIR/linking"
          linked=$linked ${run "linked.py"}
        ''
      else
        ""
    );
    meta = {
      # A pure wheel is none that a derivation built from its source, so it is no `fromSource`; of the other types
      # it is the one for an interpreter.
      sourceProvenance = [ (if isPure then sourceTypes.binaryBytecode else sourceTypes.binaryNativeCode) ];
    };
  }
  // (
    if isLinked then
      {
        nativeBuildInputs = [ pkgs.autoPatchelfHook ];
        buildInputs = map (input pkgs) (package.buildInputs or [ ]) ++ system.${interpreter.os};
      }
    else
      { }
  )
)
