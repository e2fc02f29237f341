/**
  A stand-in for nixpkgs over the machine's own /usr: the same names and the
  same meaning, for as much as Headwater's emitted code and its tests need.
  Store items are folders of links into /usr/bin, so nothing is downloaded or
  compiled, and a build still sees only what it named.

  # Inputs

  `system`, `config`, `overlays`: as in nixpkgs. `config.gitConfig` (text or a
  path) makes `git` a wrapper that reads it as the system's configuration;
  `config.hostPlatform` overrides attributes of `stdenv.hostPlatform`;
  `config.pythonVersion` is the full version of /usr's Python, `config.rust` the
  folder of a Rust toolchain outside of /usr, `config.programs` the files of programs that Debian lacks
  (`maturin`, `uv-build`). `config.libcVersion` is the version of /usr's C library; with `config.hostLibraries = false`
  autoPatchelf takes no other library from /usr. `config.allowNonSource` and `config.allowNonSourcePredicate` are as in
  nixpkgs.
*/
{
  system ? builtins.currentSystem,
  config ? { },
  overlays ? [ ],
}:
let
  lib = import ./lib.nix;

  platform = import ./platform.nix { inherit lib system; };

  base =
    final:
    let
      callPackage = lib.callPackageWith final;
    in
    {
      inherit
        lib
        system
        config
        overlays
        callPackage
        ;
      pkgs = final;
      newScope = extra: lib.callPackageWith (final // extra);
      extend = overlay: build (overlays ++ [ overlay ]);
      appendOverlays = more: build (overlays ++ more);
      hostPlatform = final.stdenv.hostPlatform;
      buildPlatform = final.stdenv.buildPlatform;
    }
    // import ./tools.nix {
      inherit lib system config;
      pkgs = final;
    }
    // import ./stdenv.nix {
      inherit lib system config;
      platform = platform // (config.hostPlatform or { });
      pkgs = final;
    }
    // import ./trivial.nix {
      inherit lib;
      pkgs = final;
    }
    // import ./fetch.nix {
      inherit lib system;
      pkgs = final;
    }
    // import ./npm.nix {
      inherit lib;
      pkgs = final;
    }
    // import ./python.nix {
      inherit lib;
      pkgs = final;
    };

  build = list: lib.fix (builtins.foldl' (f: overlay: lib.extends overlay f) base list);
in
build overlays
