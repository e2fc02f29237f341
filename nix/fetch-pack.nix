# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  The fetchers: one fixed-output derivation per pack, many packages in each.

  What a pack holds is fixed by its hash, and each member has up to two
  mirrors, the registry's tarball and the source commit. The list file says
  what to ask for and what must come; `fetch-pack.sh` does it.

  # Type

  { pkgs, sources, packs } -> { name, commits } -> derivation
*/
{
  pkgs,
  sources,
  packs,
}:
let
  tools = map (package: "${package.bin or package}/bin") [
    pkgs.bash
    pkgs.coreutils
    pkgs.curl
    pkgs.findutils
    pkgs.gawk
    # The small one, where there are two.
    (pkgs.gitMinimal or pkgs.git)
    pkgs.gnupatch
    pkgs.gnutar
    pkgs.gzip
  ];

  certificates = "${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt";

  # Evaluated once, shared by every pack.
  common = {
    system = pkgs.stdenv.buildPlatform.system;
    builder = "${pkgs.bash}/bin/bash";
    args = [ "${./fetch-pack.sh}" ];
    fetchCommits = "${./fetch-commits.sh}";
    PATH = builtins.concatStringsSep ":" tools;
    inherit (sources) registry;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
    preferLocalBuild = true;
    SSL_CERT_FILE = certificates;
    GIT_SSL_CAINFO = certificates;
    CURL_CA_BUNDLE = certificates;
    impureEnvVars = [
      "http_proxy"
      "https_proxy"
      "ftp_proxy"
      "all_proxy"
      "no_proxy"
      "HTTP_PROXY"
      "HTTPS_PROXY"
      "FTP_PROXY"
      "ALL_PROXY"
      "NO_PROXY"
      "NIX_SSL_CERT_FILE"
    ];
  };
in
{ name, commits }:
let
  # The list alone, not its folder: one changed pack is one changed derivation.
  list = packs + "/${name}";
  digest = builtins.substring 0 8 (builtins.hashFile "sha256" list);
in
derivation (
  common
  // {
    # The other name matters: with the same name and hash Nix would reuse the
    # registry's copy, or that of another commit, and prove nothing about this one.
    name = if commits then "headwater-${name}-commits-${digest}" else "headwater-${name}";
    pack = name;
    mirrors = if commits then "commit" else "quick";
    list = builtins.path {
      path = list;
      name = "headwater-list";
    };
    outputHash = sources.packs.${name}.hash;
  }
)
