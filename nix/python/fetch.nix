# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  The sources of packages.

  Each archive is a fixed-output derivation of its own, by its hash alone: a
  package is built from its source, and must not be built again because another
  source changed, as it would be with packs. Nix fetches them itself
  (builtin:fetchurl), with the daemon's netrc.

  # Type

  { pkgs, src, sources, exclude } -> package -> store path
*/
{
  pkgs,
  src,
  sources,
  exclude,
}:
let
  text = import ../text.nix;

  addressOf =
    url: if builtins.match "[A-Za-z][A-Za-z0-9+.-]*:.*" url != null then url else sources.registry or "" + url;

  file =
    {
      file,
      url,
      hash,
      ...
    }:
    derivation {
      # The builders know archives and wheels by their names, so these stay.
      name = text.storeName file;
      builder = "builtin:fetchurl";
      system = "builtin";
      url = addressOf url;
      urls = [ (addressOf url) ];
      unpack = false;
      executable = false;
      outputHashMode = "flat";
      outputHash = hash;
      preferLocalBuild = true;
    };

  checkout = import ../checkout.nix { inherit pkgs; };

  local =
    source:
    (import ../source.nix).alone {
      inherit src exclude;
      path = source.local;
      name = text.storeName (baseNameOf source.local);
      keep = (import ./source.nix).isSource;
    };
in
package:
let
  inherit (package) source;
in
if builtins.isString source then
  source
else if source ? url then
  "${file source}"
else if source ? git then
  "${checkout (source // { url = source.git; })}"
else
  "${local source}"
