# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  What takes the place of what packages would download: the package set's own
  programs, and the variables by which a package finds them. What the package
  set lacks, or refuses, is told of and done without.

  # Type

  { pkgs, packages } -> {
    found :: [String] -> { variable = value; ... };
    shell, build, run :: { variables; programs; };
  }
*/
{ pkgs, packages }:
let
  inherit (builtins)
    attrValues
    concatMap
    concatStringsSep
    filter
    foldl'
    mapAttrs
    tryEval
    ;
  versions = import ./versions.nix;

  merged = foldl' (all: one: all // one) { };

  # An attribute may be an alias that throws, or a package that the policy of the
  # package set refuses.
  usable =
    attribute:
    let
      names = filter builtins.isString (builtins.split "\\." attribute);
      at = foldl' (at: name: if at == null then null else at.${name} or null) pkgs names;
      tried = tryEval (if at == null then null else builtins.seq at.outPath at);
      parent = tryEval (foldl' (at: name: at.${name} or { }) pkgs (versions.init names));
    in
    if tried.success && tried.value != null then
      [
        {
          inherit attribute;
          package = tried.value;
          # What is no package of its own has that of the one it belongs to.
          version = tried.value.version or (if parent.success then parent.value.version or "" else "");
        }
      ]
    else
      [ ];

  warn = text: builtins.trace "headwater: warning: ${text}";

  resolve =
    title: download:
    let
      found = concatMap usable download.nixpkgs;
      first = builtins.head found;
      wanted = concatStringsSep " or " (map (attribute: "pkgs.${attribute}") download.nixpkgs);
      setting = "headwater.toml: [packages.\"${download.name}\"] provided = \"ATTRIBUTE\", or false";
      isAlike = first.version == "" || versions.alike download.alike first.version download.version;
      provided = {
        variables =
          mapAttrs (_: path: if path == "" then "${first.package}" else "${first.package}/${path}") download.find
          // download.set;
        programs = if download.path then [ first.package ] else [ ];
      };
    in
    if download.nixpkgs == [ ] then
      {
        variables = download.set;
        programs = [ ];
      }
    else if found == [ ] then
      warn
        "${title} would download ${download.what}, which a build cannot, and there is no ${wanted} that can be used here; name another one (${setting})"
        {
          variables = download.set;
          programs = [ ];
        }
    else if !isAlike then
      warn
        "${title} finds pkgs.${first.attribute} in place of ${download.what}, which is of version ${first.version} and may not work with it; name another one (${setting})"
        provided
    else
      provided;

  resolved = mapAttrs resolve packages;

  all = wanted: {
    variables = merged (map (one: one.variables) wanted);
    programs = concatMap (one: one.programs) wanted;
  };
  those =
    isWanted:
    all (
      map (title: resolved.${title}) (
        filter (title: isWanted packages.${title}) (builtins.attrNames packages)
      )
    );
  # No package downloads anything where people or builds install more.
  skip = merged (map (download: download.skip) (attrValues packages));
  withSkip = own: own // { variables = skip // own.variables; };
in
{
  /**
    The variables for these packages, as their install scripts have them.
  */
  found = titles: (all (map (title: resolved.${title}) titles)).variables;

  shell = withSkip (all (attrValues resolved));
  build = withSkip (those (download: download.build));
  run = those (download: download.run);
}
