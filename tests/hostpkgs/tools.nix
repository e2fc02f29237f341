/**
  The tools: each a store item that links to the machine's own programs.
*/
{
  lib,
  pkgs,
  system,
  config,
}:
let
  # Built before there is a stdenv, with nothing but the sandbox's /usr.
  host =
    {
      name,
      script,
      version ? "0",
      passthru ? { },
      meta ? { },
    }:
    let
      drv = derivation {
        name = "${name}-${version}";
        inherit system script;
        builder = "/bin/bash";
        args = [
          "-euc"
          ''
            export PATH=/usr/bin:/bin
            mkdir -p "$out/bin"
            eval "$script"
          ''
        ];
      };
    in
    drv
    // {
      pname = name;
      inherit version meta;
      overrideAttrs = _: drv;
    }
    // passthru;

  # `programs` that this machine lacks are left out, except the first.
  programs =
    name: list:
    host {
      inherit name;
      meta.mainProgram = builtins.head list;
      script = ''
        [ -e /usr/bin/${builtins.head list} ] || { echo "this machine has no ${builtins.head list}" >&2; exit 1; }
        for program in ${lib.escapeShellArgs list}; do
          if [ -e "/usr/bin/$program" ]; then ln -s "/usr/bin/$program" "$out/bin/$program"; fi
        done
      '';
    };

  # Libraries by their file names, as far as this machine has them.
  libraries =
    name: list:
    host {
      name = "${name}-lib";
      script = ''
        mkdir "$out/lib"
        for library in ${lib.escapeShellArgs list}; do
          for folder in /usr/lib/*-linux-gnu* /lib/*-linux-gnu* /usr/lib64 /usr/lib; do
            if [ -e "$folder/$library" ]; then ln -s "$folder/$library" "$out/lib/$library"; break; fi
          done
        done
      '';
    };

  plainGit = programs "git" [ "git" "git-upload-pack" "git-receive-pack" ];

  gitConfig =
    if builtins.isString config.gitConfig then
      builtins.toFile "gitconfig" config.gitConfig
    else
      config.gitConfig;

  rustTool =
    name:
    host {
      inherit name;
      meta.mainProgram = name;
      script =
        if config ? rust then
          "ln -s ${config.rust}/bin/${name} $out/bin/${name}"
        else
          ''
            [ -e /usr/bin/${name} ] || { echo "this machine has no /usr/bin/${name}; config.rust names a toolchain" >&2; exit 1; }
            ln -s "$(readlink -f /usr/bin/${name})" "$out/bin/${name}"
          '';
    };

  # A program that Debian lacks: the file that `config.programs` names, as a store item of its own, so that
  # the sandbox needs no further path; or that of /usr.
  given =
    name:
    if config ? programs.${name} then
      let
        file = builtins.path {
          inherit name;
          path = /. + config.programs.${name};
        };
      in
      host {
        inherit name;
        meta.mainProgram = name;
        script = "ln -s ${file} $out/bin/${name}";
      }
    else
      programs name [ name ];
in
{
  coreutils = programs "coreutils" (
    lib.splitString " " (
      "cat [ b2sum base32 base64 basename chgrp chmod chown cksum comm cp csplit cut date dd df dir"
      + " dirname du echo env expand expr factor false fmt fold groups head hostid id install join"
      + " link ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste"
      + " pathchk pr printenv printf ptx pwd readlink realpath rm rmdir seq sha1sum sha224sum"
      + " sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac"
      + " tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink users"
      + " vdir wc who whoami yes"
    )
  );
  bash = programs "bash" [ "bash" "sh" ];
  bashInteractive = pkgs.bash;
  runtimeShell = "${pkgs.bash}/bin/bash";
  findutils = programs "findutils" [ "find" "xargs" ];
  diffutils = programs "diffutils" [ "diff" "cmp" "diff3" "sdiff" ];
  gnugrep = programs "gnugrep" [ "grep" "egrep" "fgrep" ];
  gnused = programs "gnused" [ "sed" ];
  gawk = host {
    name = "gawk";
    script = "for program in awk gawk; do ln -s /usr/bin/awk $out/bin/$program; done";
  };
  gnutar = programs "gnutar" [ "tar" ];
  gzip = programs "gzip" [ "gzip" "gunzip" "zcat" ];
  bzip2 = programs "bzip2" [ "bzip2" "bunzip2" ];
  xz = programs "xz" [ "xz" "unxz" ];
  zstd = programs "zstd" [ "zstd" ];
  unzip = programs "unzip" [ "unzip" ];
  gnumake = programs "gnumake" [ "make" ];
  gnupatch = programs "gnupatch" [ "patch" ];
  patchelf = programs "patchelf" [ "patchelf" ];
  which = programs "which" [ "which" ];
  file = programs "file" [ "file" ];
  jq = programs "jq" [ "jq" ];
  pkg-config = programs "pkg-config" [ "pkg-config" ];
  perl = programs "perl" [ "perl" ];

  binutils = programs "binutils" (
    lib.splitString " " "ld ar as nm objcopy objdump ranlib readelf size strings strip"
  );
  gcc = programs "gcc" (lib.splitString " " "gcc cc g++ c++ cpp") // {
    # By its place in /usr, as nixpkgs' is by its place in the store: /lib64 need not be there.
    bintools.dynamicLinker =
      if pkgs.stdenv.hostPlatform.isAarch64 then
        "/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1"
      else
        "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2";
    cc.lib = libraries "gcc" [ "libgcc_s.so.1" "libstdc++.so.6" "libgomp.so.1" "libatomic.so.1" ];
    # Like the version of Python, it cannot be asked while evaluating.
    libc.version = config.libcVersion or "2.36";
  };

  # What the policy lets wheels take from the system beside the C library.
  pythonManylinuxPackages.manylinux2014 = [
    (libraries "manylinux2014" (
      lib.splitString " " (
        "libz.so.1 libexpat.so.1 libglib-2.0.so.0 libgobject-2.0.so.0 libgthread-2.0.so.0 libGL.so.1"
        + " libX11.so.6 libXext.so.6 libXrender.so.1 libICE.so.6 libSM.so.6"
      )
    ))
  ];

  cacert = host {
    name = "cacert";
    script = ''
      mkdir -p $out/etc/ssl/certs
      ln -s /etc/ssl/certs/ca-certificates.crt $out/etc/ssl/certs/ca-bundle.crt
    '';
  };

  gitMinimal = pkgs.git;
  git =
    if config ? gitConfig then
      host {
        name = "git";
        script = ''
          cat > $out/bin/git <<'END'
          #!/bin/bash
          export GIT_CONFIG_SYSTEM=${gitConfig}
          exec /usr/bin/git "$@"
          END
          chmod +x $out/bin/git
        '';
      }
    else
      plainGit;

  nodejs = host {
    name = "nodejs";
    version = "20.0.0";
    meta.mainProgram = "node";
    passthru.python = pkgs.python3;
    script = ''
      mkdir -p $out/include $out/lib/node_modules
      ln -s "$(readlink -f /usr/bin/node)" $out/bin/node
      ln -s /usr/include/node $out/include/node
      npm=$(readlink -f /usr/bin/npm)
      npm=''${npm%/bin/npm-cli.js}
      ln -s "$npm" $out/lib/node_modules/npm
      ln -s "$npm/bin/npm-cli.js" $out/bin/npm
      ln -s "$npm/bin/npx-cli.js" $out/bin/npx
    '';
  };
  nodejs_20 = pkgs.nodejs;

  # `pyvenv.cfg` keeps the distribution's own site-packages out; headers are those of /usr.
  python3 =
    let
      # What /usr has cannot be asked while evaluating: Debian 12's, unless the configuration says otherwise.
      version = config.pythonVersion or "3.11.2";
      parts = lib.splitString "." version;
      major = builtins.elemAt parts 0;
      minor = builtins.elemAt parts 1;
      pythonVersion = "${major}.${minor}";
    in
    host {
      name = "python3";
      inherit version;
      meta.mainProgram = "python3";
      passthru = {
        inherit pythonVersion;
        sourceVersion = {
          inherit major minor;
          patch = lib.concatStringsSep "." (lib.tail (lib.tail parts));
          suffix = "";
        };
        implementation = "cpython";
        executable = "python${pythonVersion}";
        interpreter = "${pkgs.python3}/bin/python${pythonVersion}";
        libPrefix = "python${pythonVersion}";
        sitePackages = "lib/python${pythonVersion}/site-packages";
        pythonOnBuildForHost = pkgs.python3;
        isPy2 = false;
        isPy3 = true;
        isPy3k = true;
        isPyPy = false;
      }
      // builtins.listToAttrs (
        map (n: lib.nameValuePair "isPy3${toString n}" (minor == toString n)) (lib.genList (n: n + 8) 9)
      );
      script = ''
        mkdir -p $out/lib/python${pythonVersion}/site-packages $out/include
        for name in python python3 python${pythonVersion}; do ln -s /usr/bin/python${pythonVersion} $out/bin/$name; done
        ln -s /usr/include/python${pythonVersion} $out/include/python${pythonVersion}
        printf 'home = /usr/bin\ninclude-system-site-packages = false\nversion = ${pythonVersion}\n' > $out/pyvenv.cfg
      '';
    };
  python311 = pkgs.python3;

  # Rust: that of `config.rust`, a toolchain's folder as text, which the sandbox must be given; or that of /usr.
  cargo = rustTool "cargo";
  rustc = rustTool "rustc";
  maturin = given "maturin";
  # Of `python3Packages`: the backend of uv, in place of the one that nixpkgs builds.
  hostPythonPackages.uv-build = given "uv-build";
}
# Libraries and further programs, by the Debian packages that have them.
// import ./debian.nix {
  inherit
    lib
    host
    programs
    libraries
    ;
}
