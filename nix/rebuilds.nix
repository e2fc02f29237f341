# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Packages built from their commits, with the tools that their own lockfile names.

  # Inputs

  `pkgs`: a package set. Then data, as Headwater writes it: `packages`, by `NAME@VERSION` what each is built from and
  how; `sources`: the packs of the tools and their hashes; `packs`: the folder of list files.

  # Output

  `packages`: a derivation for each, as rebuild.nix has it. `used`, by the same names: for each whose outcome is known, a
  derivation with the same output that fails where the outcome is another one now, and for each that is strict its own;
  `checks`: the first of them by names that `nix flake check` takes. `packs`: the fetchers of the tools.
*/
{ pkgs }:
{
  packages,
  sources,
  packs,
}:
let
  inherit (builtins)
    attrNames
    attrValues
    filter
    mapAttrs
    ;
  platform = import ./platform.nix;
  select = import ./select.nix;
  inherit (import ./text.nix) storeName;

  have = platform.words pkgs.stdenv.hostPlatform;
  fetchers = import ./packs.nix { inherit pkgs sources packs; } (attrNames sources.packs);
  packPaths = mapAttrs (_: pack: "${pack}") fetchers;

  # Evaluated once for each Node that a recipe names.
  toolsOf =
    node:
    import ./tools.nix {
      pkgs = if node == null then pkgs else pkgs // { nodejs = usable node; };
    };
  nodes = builtins.listToAttrs (
    map
      (name: {
        inherit name;
        value = toolsOf name;
      })
      (filter (name: name != null) (map (package: package.recipe.node or null) (attrValues packages)))
  );
  default = toolsOf null;
  toolsFor = package: if package.recipe.node or null == null then default else nodes.${package.recipe.node};

  # A package set drops what is out of support, and its alias may throw.
  usable =
    attribute:
    let
      tried = builtins.tryEval (builtins.seq pkgs.${attribute}.outPath pkgs.${attribute});
    in
    if pkgs ? ${attribute} && tried.success then
      tried.value
    else
      builtins.trace "headwater: warning: there is no pkgs.${attribute} that can be used here: its recipes are run with pkgs.nodejs" pkgs.nodejs;

  rebuild =
    title: package:
    let
      removed = attrNames (select.removed have (package.bound or { }));
      gone = builtins.listToAttrs (
        map (name: {
          inherit name;
          value = true;
        }) removed
      );
      inherit (builtins.fromJSON (builtins.readFile package.tree)) locations;
      # Only the packs of this tree: a tool that another package gets must not look like a change of this one.
      used = builtins.listToAttrs (
        builtins.concatMap (
          location:
          let
            pack = locations.${location}.pack or null;
          in
          if pack == null || select.isGone gone location then
            [ ]
          else
            [
              {
                name = pack;
                value = packPaths.${pack} or (throw "headwater: ${title} has ${location} of the pack ${pack}, which sources.nix does not have; run headwater verify again");
              }
            ]
        ) (attrNames locations)
      );
      tools = toolsFor package;
    in
    import ./rebuild.nix {
      inherit
        pkgs
        tools
        removed
        package
        ;
      packs = used;
      linked = import ./linked.nix {
        inherit pkgs tools packPaths;
        packages = removeAttrs (package.linked or { }) removed;
      };
    };

  rebuilt = mapAttrs rebuild packages;

  check =
    title: package:
    derivation (
      default.common
      // {
        name = "headwater-rebuilt-as-before-${storeName title}";
        args = [ "${default.js}/rebuilt.js" ];
        inherit title;
        rebuilt = "${rebuilt.${title}}";
        expected = builtins.toJSON (removeAttrs package.expected [ "listing" ]);
        listing = if package.expected.listing or null == null then "" else "${package.expected.listing}";
        preferLocalBuild = true;
      }
    );
  titles = attrNames packages;
  strict = title: packages.${title}.strict or false;
  known = removeAttrs packages (filter (title: packages.${title}.expected or null == null) titles);
in
{
  packages = rebuilt;
  used = mapAttrs check known // removeAttrs rebuilt (filter (title: !strict title) titles);
  checks = builtins.listToAttrs (
    map (title: {
      name = "rebuilt-${title}";
      value = check title known.${title};
    }) (attrNames known)
  );
  packs = fetchers;
}
