/**
  The small builders: runCommand and its kin, wrappers, mkShell.
*/
{ lib, pkgs }:
rec {
  runCommandWith =
    {
      name,
      stdenv ? pkgs.stdenvNoCC,
      derivationArgs ? { },
    }:
    command:
    stdenv.mkDerivation (
      {
        inherit name;
        buildCommand = command;
        passAsFile = [ "buildCommand" ] ++ derivationArgs.passAsFile or [ ];
      }
      // removeAttrs derivationArgs [ "passAsFile" ]
    );
  runCommand = name: derivationArgs: runCommandWith { inherit name derivationArgs; };
  runCommandLocal = runCommand;
  runCommandCC =
    name: derivationArgs:
    runCommandWith {
      inherit name derivationArgs;
      inherit (pkgs) stdenv;
    };

  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      meta ? { },
      checkPhase ? "",
    }:
    runCommand name
      {
        inherit text meta checkPhase;
        passAsFile = [ "text" ];
      }
      ''
        target=$out${destination}
        mkdir -p "$(dirname "$target")"
        cp "$textPath" "$target"
        ${lib.optionalString executable ''chmod +x "$target"''}
        eval "$checkPhase"
      '';
  writeText = name: text: writeTextFile { inherit name text; };
  writeScript =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
    };
  writeShellScript = name: text: writeScript name "#!${pkgs.runtimeShell}\n${text}";
  writeShellScriptBin =
    name: text:
    writeTextFile {
      inherit name;
      text = "#!${pkgs.runtimeShell}\n${text}";
      executable = true;
      destination = "/bin/${name}";
      meta.mainProgram = name;
    };
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      ...
    }:
    writeShellScriptBin name ''
      set -euo pipefail
      export PATH=${lib.makeBinPath runtimeInputs}:$PATH
      ${text}
    '';

  symlinkJoin =
    {
      name,
      paths,
      postBuild ? "",
      ...
    }@args:
    runCommand name (removeAttrs args [ "name" "postBuild" ]) ''
      mkdir -p "$out"
      for path in $paths; do cp -rs --no-preserve=mode "$path"/. "$out"; done
      ${postBuild}
    '';
  buildEnv = symlinkJoin;
  linkFarm =
    name: entries:
    runCommand name { } (
      "mkdir -p $out\n"
      + lib.concatMapStrings (
        e: "mkdir -p $out/${dirOf e.name}\nln -s ${e.path} $out/${lib.escapeShellArg e.name}\n"
      ) entries
    );

  makeSetupHook =
    {
      name ? "hook",
      propagatedBuildInputs ? [ ],
      substitutions ? { },
      ...
    }:
    script:
    runCommand name { inherit propagatedBuildInputs; } ''
      mkdir -p $out/nix-support
      cp --no-preserve=mode ${script} $out/nix-support/setup-hook
      ${lib.concatStrings (
        lib.mapAttrsToList (n: v: ''
          substituteInPlace $out/nix-support/setup-hook --replace-fail ${lib.escapeShellArg "@${n}@"} ${lib.escapeShellArg v}
        '') substitutions
      )}
    '';
  makeWrapper = makeSetupHook { name = "make-wrapper"; } ./make-wrapper.sh;
  makeBinaryWrapper = makeWrapper;

  autoPatchelfHook = makeSetupHook {
    name = "auto-patchelf-hook";
    substitutions = {
      program = "${./auto-patchelf.py}";
      hostLibraries = if pkgs.config.hostLibraries or true then 1 else 0;
    };
  } ./auto-patchelf.sh;

  mkShell =
    {
      name ? "nix-shell",
      packages ? [ ],
      inputsFrom ? [ ],
      nativeBuildInputs ? [ ],
      buildInputs ? [ ],
      shellHook ? "",
      ...
    }@args:
    let
      from = attribute: lib.concatMap (p: p.${attribute} or [ ]) inputsFrom;
    in
    pkgs.stdenv.mkDerivation (
      removeAttrs args [
        "packages"
        "inputsFrom"
      ]
      // {
        inherit name;
        nativeBuildInputs = packages ++ nativeBuildInputs ++ from "nativeBuildInputs";
        buildInputs = buildInputs ++ from "buildInputs";
        shellHook = lib.concatMapStrings (p: (p.shellHook or "") + "\n") inputsFrom + shellHook;
        phases = [ "buildPhase" ];
        buildPhase = "export > $out";
      }
    );
  mkShellNoCC = mkShell;
}
