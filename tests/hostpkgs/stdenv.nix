/**
  stdenv: mkDerivation in both its forms, over `setup.sh`.
*/
{
  lib,
  pkgs,
  system,
  config,
  platform,
}:
let
  make =
    {
      name,
      tools,
      # What setup hooks of a compiler export.
      variables ? "",
    }:
    let
      env = derivation {
        inherit name system variables;
        builder = "/bin/bash";
        initialPath = lib.makeBinPath tools;
        args = [
          "-euc"
          ''
            export PATH=/usr/bin:/bin
            mkdir "$out"
            { echo "initialPath=$initialPath"; echo "$variables"; cat ${./setup.sh}; } > "$out/setup"
          ''
        ];
      };

      mkDerivation =
        given: if builtins.isFunction given then finished given else finished (_: given);

      finished =
        rattrs:
        let
          final = rattrs (final // { finalPackage = package; });
          package = build rattrs final;
        in
        package;

      build =
        rattrs: attrs:
        let
          passed =
            removeAttrs attrs [
              "passthru"
              "meta"
              "env"
              "finalPackage"
            ]
            # Structured attributes are no environment: the builder makes one of these.
            // (if attrs.__structuredAttrs or false then { env = attrs.env or { }; } else attrs.env or { });
          name = attrs.name or "${attrs.pname}-${attrs.version}";
          provenance = attrs.meta.sourceProvenance or [ ];
          isRefused =
            !(config.allowNonSource or true)
            && lib.any (type: !type.isSource) provenance
            && !(config.allowNonSourcePredicate or (_: false)) attrs;
          types = lib.concatMapStringsSep " " (type: type.shortName) provenance;
          checked = lib.throwIf isRefused "Package ‘${name}’ contains elements not built from source (‘${types}’), refusing to evaluate.";
          drv = derivation (
            {
              inherit system;
              builder = "${pkgs.bash}/bin/bash";
              args = [
                "-e"
                ./builder.sh
              ];
              stdenv = env;
              # `nix develop` writes what it found to each of these.
              outputs = [ "out" ];
              inherit name;
            }
            # A hash of the SRI kind needs no algorithm, and `null` is no algorithm.
            // (if passed.outputHashAlgo or "" == null then removeAttrs passed [ "outputHashAlgo" ] else passed)
          );
        in
        drv
        // {
          drvPath = checked drv.drvPath;
          outPath = checked drv.outPath;
        }
        // removeAttrs passed [ "name" "outputs" "out" ]
        // attrs.passthru or { }
        // {
          inherit name;
          meta = attrs.meta or { };
          passthru = attrs.passthru or { };
          overrideAttrs =
            change:
            finished (
              final:
              let
                prev = rattrs final;
                step = if builtins.isFunction change then change else (_: change);
                changed = step final;
              in
              prev // (if builtins.isFunction changed then changed prev else step prev)
            );
        };
    in
    env
    // {
      inherit mkDerivation;
      hostPlatform = platform;
      buildPlatform = platform;
      targetPlatform = platform;
      shell = "${pkgs.bash}/bin/bash";
      cc = pkgs.gcc;
      inherit (platform)
        isLinux
        isDarwin
        isx86_64
        isAarch64
        ;
    };

  common = [
    pkgs.coreutils
    pkgs.findutils
    pkgs.diffutils
    pkgs.gnused
    pkgs.gnugrep
    pkgs.gawk
    pkgs.gnutar
    pkgs.gzip
    pkgs.bzip2
    pkgs.xz
    pkgs.gnumake
    pkgs.bash
    pkgs.gnupatch
    pkgs.file
  ];
in
{
  stdenvNoCC = make {
    name = "stdenv-no-cc";
    tools = common;
  };
  stdenv = make {
    name = "stdenv";
    tools = common ++ [
      pkgs.gcc
      pkgs.binutils
    ];
    variables = "export CC=gcc CXX=g++ AR=ar AS=as LD=ld NM=nm OBJCOPY=objcopy OBJDUMP=objdump RANLIB=ranlib STRIP=strip";
  };
}
