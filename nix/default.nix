# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Headwater's library: from pinned data to a project that Nix builds.

  # Inputs

  `pkgs`: a package set. Then the project's data, as `headwater convert` writes it:

  `src`: the project's folder, here or what a fetcher gives; `here`: the folder
  of headwater.toml; `sources`: its packs and their hashes;
  `rebuilds`: the folder of what is built again from commits, which may not be there;
  `packages`: what is bound to platforms, built or local, and the lockfile's
  hash; `packs`: the folder of list files; `tree`: tree.json.

  # Output

  The project's derivation, with `devShell`, `nodeModules`, `productionModules`,
  `packs`, `built`, `rebuilds` and `checks` in its passthru.
*/
{ pkgs }@given:
{
  src,
  here,
  sources,
  packages,
  packs,
  tree,
  rebuilds ? null,
}:
let
  platform = import ./platform.nix;
  select = import ./select.nix;
  inherit (import ./source.nix) clean patch ready;

  pkgs =
    if packages ? nodejs then
      given.pkgs // { nodejs = select.input given.pkgs packages.nodejs; }
    else
      given.pkgs;
  tools = import ./tools.nix { inherit pkgs; };

  have = platform.words pkgs.stdenv.hostPlatform;
  removed = builtins.attrNames (select.removed have packages.bound);

  # Everything that keeps the tree from being made, in one message. First what
  # may well be the cause of the others.
  problems =
    (import ./lockfile.nix).stale src (packages.lockfile or null)
    ++ builtins.attrValues (removeAttrs (packages.missing or { }) removed)
    ++ map (sentence: "${sentence}, and this is ${have.os} ${have.cpu}") (
      select.unsupported have packages.bound
    )
    ++ (if packages.engineStrict or false then unmet else [ ]);
  # npm says it too, and goes on, unless it is to be strict.
  unmet = (import ./engines.nix).unmet pkgs.nodejs (packages.engines or [ ]);
  said =
    value:
    builtins.foldl' (
      value: sentence: builtins.trace "headwater: ${packages.pname}: ${sentence}" value
    ) value unmet;
  problemList = builtins.concatStringsSep "\n  " problems;
  checked =
    value:
    if problems == [ ] then
      value
    else
      throw "headwater: ${packages.pname} cannot be built:\n  ${problemList}";

  fetchPack = import ./fetch-pack.nix { inherit pkgs sources packs; };
  packNames = select.neededPacks have packages.bound (builtins.attrNames sources.packs);
  fetchers = import ./packs.nix { inherit pkgs sources packs; } packNames;

  files = ready {
    inherit pkgs src;
    name = "${packages.pname}-source";
    lockfile = packages.lockfile or null;
    exclude = packages.exclude or [ ];
  };
  makeLocal = import ./local.nix {
    inherit pkgs tools;
    src = files;
    exclude = packages.exclude or [ ];
  };
  local = builtins.mapAttrs makeLocal (packages.local or { });
  # What is built from a commit in the place of the registry's file is taken where it is still what it was; a git
  # dependency that its scripts make is what its build makes.
  rebuiltPacks = builtins.mapAttrs (_: title: rebuilt.used.${title}) (packages.rebuilt or { });
  packPaths = builtins.mapAttrs (_: pack: "${pack}") (fetchers // local // rebuiltPacks);

  linked = import ./linked.nix {
    inherit
      pkgs
      tools
      packPaths
      ;
    packages = removeAttrs (packages.linked or { }) removed;
  };

  rebuilt =
    if rebuilds == null || !(builtins.pathExists rebuilds) then
      {
        packages = { };
        checks = { };
      }
    else
      import ./rebuilds.nix { inherit pkgs; } {
        packages = builtins.mapAttrs (_: package: package // { tree = rebuilds + "/trees/${package.tree}"; }) (
          import (rebuilds + "/packages.nix")
        );
        sources = import (rebuilds + "/sources.nix");
        packs = rebuilds + "/packs";
      };

  downloads = import ./downloads.nix {
    inherit pkgs;
    packages = packages.downloads or { };
  };

  built = import ./built.nix {
    inherit
      downloads
      linked
      pkgs
      tools
      packages
      packPaths
      removed
      ;
    patch = patch here files;
  };

  makeTree = import ./tree.nix {
    inherit
      tools
      tree
      built
      linked
      removed
      ;
    packs = packPaths;
  };
  nodeModules = checked (makeTree {
    production = false;
  });
  # A search, not a parse: without development packages both trees are one.
  text = builtins.readFile tree;
  unmarked = builtins.replaceStrings [ "\"dev\": true" "\"dev\":true" ] [ "" "" ] text;
  hasDevelopment = unmarked != text;
  productionModules =
    if hasDevelopment then checked (makeTree { production = true; }) else nodeModules;

  source =
    if builtins.isPath src then
      clean {
        inherit src;
        generated = dirOf tree;
        name = "${packages.pname}-source";
        exclude = packages.exclude or [ ];
      }
    else
      files;

  # For nixpkgs' own policy: an artifact that no source is proved of may be the output of a build.
  bound = removeAttrs packages.bound removed;
  sourceProvenance = map (name: pkgs.lib.sourceTypes.${name}) (
    pkgs.lib.unique (
      (packages.sourceProvenance or [ ])
      ++ builtins.concatMap (location: bound.${location}.sourceProvenance or [ ]) (builtins.attrNames bound)
    )
  );

  project = import ./project.nix {
    inherit
      pkgs
      tools
      source
      packages
      downloads
      passthru
      ;
    patch = patch here files;
    developmentTree = nodeModules;
    productionTree = productionModules;
    inherit sourceProvenance;
  };

  passthru = {
    inherit
      nodeModules
      productionModules
      built
      checks
      ;
    packs = fetchers;
    rebuilds = rebuilt.packages;
    devShell = import ./shell.nix {
      inherit
        pkgs
        tools
        packages
        downloads
        removed
        ;
      tree = nodeModules;
    };
  };

  checks = {
    program = project;
  }
  // rebuilt.checks
  // import ./checks.nix {
    inherit pkgs project;
    inherit (packages) pname;
    checks = packages.checks or { };
  }
  // builtins.listToAttrs (
    builtins.concatMap (
      name:
      if sources.packs.${name}.commits then
        [
          {
            name = "commits-${name}";
            value = fetchPack {
              inherit name;
              commits = true;
            };
          }
        ]
      else
        [ ]
    ) packNames
  );
in
said project
