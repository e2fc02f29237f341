/**
  The fetchers, with nixpkgs' names and arguments.
*/
{
  lib,
  pkgs,
  system,
}:
let
  archive =
    {
      url ? builtins.head urls,
      urls ? [ ],
      hash ? "",
      sha256 ? "",
      name ? "source",
      stripRoot ? true,
      ...
    }:
    pkgs.stdenvNoCC.mkDerivation {
      inherit name url;
      nativeBuildInputs = [ pkgs.curl pkgs.unzip ];
      SSL_CERT_FILE = "${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt";
      impureEnvVars = lib.fetchers.proxyImpureEnvVars;
      outputHashMode = "recursive";
      outputHashAlgo = if sha256 != "" then "sha256" else null;
      outputHash = if sha256 != "" then sha256 else hash;
      dontUnpack = true;
      dontFixup = true;
      installPhase = ''
        curl --fail --location --silent --show-error --retry 3 --output "$TMPDIR/archive" -- "$url"
        mkdir "$TMPDIR/unpacked"
        case $url in
          *.zip) unzip -q "$TMPDIR/archive" -d "$TMPDIR/unpacked" ;;
          *) tar -xf "$TMPDIR/archive" -C "$TMPDIR/unpacked" ;;
        esac
        ${if stripRoot then ''mv "$TMPDIR/unpacked"/* "$out"'' else ''mv "$TMPDIR/unpacked" "$out"''}
        chmod -R u+w,a+rX "$out"
      '';
    };
in
rec {
  fetchurl =
    {
      url ? builtins.head urls,
      urls ? [ ],
      hash ? "",
      sha256 ? "",
      sha512 ? "",
      name ? baseNameOf url,
      executable ? false,
      ...
    }:
    derivation {
      builder = "builtin:fetchurl";
      system = "builtin";
      inherit name url executable;
      urls = [ url ];
      unpack = false;
      outputHashMode = if executable then "recursive" else "flat";
      outputHashAlgo = if sha256 != "" then "sha256" else if sha512 != "" then "sha512" else null;
      outputHash = if sha256 != "" then sha256 else if sha512 != "" then sha512 else hash;
      preferLocalBuild = true;
      impureEnvVars = lib.fetchers.proxyImpureEnvVars;
    };

  fetchzip = archive;
  fetchTarball = archive;

  fetchgit =
    {
      url,
      rev ? null,
      tag ? null,
      hash ? "",
      sha256 ? "",
      name ? "source",
      fetchSubmodules ? true,
      ...
    }:
    pkgs.stdenvNoCC.mkDerivation {
      inherit name url;
      ref = if tag != null then "refs/tags/${tag}" else rev;
      submodules = fetchSubmodules;
      nativeBuildInputs = [ pkgs.git ];
      GIT_SSL_CAINFO = "${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt";
      impureEnvVars = lib.fetchers.proxyImpureEnvVars;
      outputHashMode = "recursive";
      outputHashAlgo = if sha256 != "" then "sha256" else null;
      outputHash = if sha256 != "" then sha256 else hash;
      dontUnpack = true;
      dontFixup = true;
      installPhase = ''
        export HOME=$TMPDIR
        git init --quiet "$out"
        cd "$out"
        # Submodules may have addresses that are relative to its own.
        git remote add origin "$url"
        git fetch --quiet --depth=1 origin "$ref"
        git checkout --quiet FETCH_HEAD
        if [ -n "$submodules" ]; then git submodule update --quiet --init --recursive --depth=1; fi
        find . -name .git -prune -exec rm -rf {} +
      '';
      passthru = { inherit url rev tag; };
    };

  # nixpkgs' takes the forge's archive unless something wants a clone. What is tested has one hash for both.
  fetchFromGitHub =
    {
      owner,
      repo,
      fetchSubmodules ? false,
      ...
    }@args:
    fetchgit (
      removeAttrs args [
        "owner"
        "repo"
      ]
      // {
        inherit fetchSubmodules;
        url = "https://github.com/${owner}/${repo}";
      }
    );
}
