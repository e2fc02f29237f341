# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Headwater's library for Python: from pinned data to a project that Nix builds.

  # Inputs

  `pkgs`: a package set. Then the project's data, as `headwater convert` writes it:

  `src`: the project's folder, here or what a fetcher gives; `here`: the folder
  of headwater.toml; `generated`: the folder of the generated code;
  `sources`: registry and packs; `packages`: the project and its packages;
  `packs`: the folder of list files, where there are packs; `rebuilds`: the
  folder of what `headwater verify` recorded, if it is there.

  `packages.members` is a table of further projects that are made of the same
  packages, such as the members of a workspace: each has what differs from
  `packages` (`pname`, `roots`, `project` or `programs`, ...).

  # Output

  The project's derivation, with `env`, `devEnv`, `devShell`, `wheels`,
  `requirements`, `packs` and `checks` in its passthru, and `members`: the same
  of each member.
*/
{ pkgs }:
{
  src,
  here,
  generated,
  sources,
  packages,
  packs ? null,
  rebuilds ? null,
}:
let
  pep508 = import ./pep508.nix;
  inherit (import ./tags.nix) isWheel;
  inherit (import ../select.nix) input;
  inherit (import ../source.nix) patch ready;

  python = input pkgs (packages.python or "python3");
  tools = import ./tools.nix { inherit pkgs python; };
  interpreter = pep508.environment {
    inherit python;
    inherit (pkgs.stdenv) hostPlatform;
  };
  tags = (import ./tags.nix).interpreter {
    inherit python;
    inherit (pkgs.stdenv) hostPlatform;
    libc = pkgs.stdenv.cc.libc.version or null;
  };

  fetchPack = import ../fetch-pack.nix {
    inherit pkgs packs;
    sources = {
      registry = "";
    }
    // sources;
  };
  fetchers = builtins.mapAttrs (
    name: _:
    fetchPack {
      inherit name;
      commits = false;
    }
  ) (sources.packs or { });
  packPaths = builtins.mapAttrs (_: pack: "${pack}") fetchers;

  exclude = packages.exclude or [ ];
  files = ready {
    inherit pkgs src exclude;
    name = (import ../text.nix).storeName "${packages.pname}-source";
    lockfile = packages.lockfile or null;
  };
  sourceOf = import ./fetch.nix {
    inherit pkgs sources exclude;
    src = files;
  };

  # uv does not look at the upper bounds of requires-python.
  upperBounds = packages.pythonUpperBounds or true;
  build = import ./wheel.nix {
    inherit
      pkgs
      tools
      sourceOf
      packs
      packPaths
      wheels
      upperBounds
      ;
    patch = patch here files;
    environment = interpreter;
  };
  take = import ./ready.nix {
    inherit
      pkgs
      tools
      sourceOf
      upperBounds
      ;
    interpreter = tags;
  };
  wheels =
    builtins.mapAttrs (_: package: (if isWheel package.source then take else build) package) packages.packages
    // builtins.mapAttrs (
      key: sentence: throw "headwater: ${packages.pname} cannot be built:\n  ${key}: ${sentence}"
    ) (packages.missing or { });

  make = import ./project.nix {
    inherit
      pkgs
      tools
      src
      files
      generated
      wheels
      ;
    markers = interpreter;
    makeWheel = build;
    isBuilt = key: packages.packages ? ${key} && !isWheel packages.packages.${key}.source;
    packs = fetchers;
    rebuilt = import ./rebuilt.nix { inherit tools wheels rebuilds; };
    inherit memberOf;
  };
  # What a member is, built or copied, and what it starts with, does not follow from what the root is.
  memberOf =
    member:
    make (
      removeAttrs packages (
        [
          "members"
          "checks"
          "wrap"
        ]
        ++ (
          if member ? project || member ? programs then
            [
              "project"
              "programs"
              "mainProgram"
            ]
          else
            [ ]
        )
      )
      // member
    );
in
make packages
