/**
  npm applications as nixpkgs builds them: `fetchNpmDeps`, `buildNpmPackage` and what goes with the two, with
  nixpkgs' names and arguments, of this stand-in's own making.
*/
{ lib, pkgs }:
{
  # The hash of this is what `headwater package` computes without it.
  fetchNpmDeps =
    {
      name ? "npm-deps",
      hash ? "",
      forceEmptyCache ? false,
      forceGitDeps ? false,
      src,
      sourceRoot ? null,
      postPatch ? "",
      ...
    }:
    pkgs.stdenvNoCC.mkDerivation (
      {
        inherit name src postPatch;
        nativeBuildInputs = [ pkgs.nodejs pkgs.git ];
        NODE_EXTRA_CA_CERTS = "${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt";
        impureEnvVars = lib.fetchers.proxyImpureEnvVars;
        outputHashMode = "recursive";
        outputHashAlgo = if hash == "" then "sha256" else null;
        outputHash = if hash == "" then lib.fakeHash else hash;
        dontFixup = true;
        dontBuild = true;
        emptyAllowed = forceEmptyCache;
        gitForced = forceGitDeps;
        installPhase = ''
          for lock in npm-shrinkwrap.json package-lock.json; do
            if [ -e "$lock" ]; then break; fi
          done
          node ${./fetch-npm-deps.js} "$lock" "$out"
        '';
      }
      // (if sourceRoot == null then { } else { inherit sourceRoot; })
    );

  buildNpmPackage =
    given:
    let
      rattrs = if builtins.isFunction given then given else (_: given);
    in
    pkgs.stdenv.mkDerivation (
      finalAttrs:
      let
        args = rattrs finalAttrs;
        nodejs = args.nodejs or pkgs.nodejs;
        npmHooks = pkgs.makeSetupHook { name = "npm-hooks"; } ./npm-hooks.sh;
        source = lib.filterAttrs (name: _: builtins.elem name [ "src" "sourceRoot" "postPatch" "forceEmptyCache" "forceGitDeps" ]) args;
      in
      removeAttrs args [ "nodejs" "npmDepsFetcherVersion" ]
      // {
        nativeBuildInputs =
          args.nativeBuildInputs or [ ] ++ args.nativeInstallCheckInputs or [ ] ++ [ nodejs pkgs.makeWrapper npmHooks ];
        buildInputs = args.buildInputs or [ ] ++ [ nodejs ];
        strictDeps = true;
        npmBuildScript = args.npmBuildScript or "build";
        npmDeps = pkgs.fetchNpmDeps (
          source
          // {
            name = "${args.pname}-${args.version}-npm-deps";
            hash = args.npmDepsHash or "";
          }
        );
        env = args.env or { } // {
          NIX_MAIN_PROGRAM = args.meta.mainProgram or args.pname;
        };
      }
    );

  writableTmpDirAsHomeHook = pkgs.makeSetupHook { name = "home-hook"; } ./home.sh;

  versionCheckHook = pkgs.makeSetupHook { name = "version-check-hook"; } ./version-check.sh;

  nix-update-script = { extraArgs ? [ ], ... }: [ "nix-update" ] ++ extraArgs;
}
