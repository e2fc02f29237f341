let
  tags = import ../../../nix/python/tags.nix;
  host = cpu: more: { parsed.cpu.name = cpu; } // more;
  python = {
    pythonVersion = "3.11";
    isPyPy = false;
  };
  of = hostPlatform: libc: tags.interpreter { inherit python hostPlatform libc; };
  onLinux = cpu: of (host cpu { isLinux = true; });
  linux = onLinux "x86_64" "2.36-9";
  musl = of (host "aarch64" { isLinux = true; isMusl = true; }) "1.2.5";
  mac = of (host "aarch64" { isDarwin = true; }) null;
  threaded = tags.interpreter {
    python = {
      pythonVersion = "3.13";
      pythonABITags = [ "none" "cp313t" ];
    };
    hostPlatform = host "x86_64" { isLinux = true; };
    libc = null;
  };
  pypy = tags.interpreter {
    python = {
      pythonVersion = "3.11";
      isPyPy = true;
    };
    hostPlatform = host "x86_64" { isLinux = true; };
    libc = "2.40";
  };
  file = name: { file = "a-1-${name}.whl"; };
  fits = interpreter: map (name: tags.rank interpreter "a-1-${name}.whl" > 0);
  # The names, best first, if `rank` orders them as they are listed and takes them all.
  ordered =
    interpreter: names:
    let
      ranks = map (name: tags.rank interpreter "a-1-${name}.whl") names;
    in
    builtins.all (rank: rank > 0) ranks && builtins.sort (a: b: a > b) ranks == ranks;
  chosen = interpreter: names: (tags.choose interpreter "a 1" (map file names)).file;
in
{
  interpreter = {
    linux = {
      expr = linux;
      expected = { implementation = "cp"; major = 3; minor = 11; threaded = false; os = "manylinux"; machine = "x86_64"; libc = 36; };
    };
    others = {
      expr = [ mac.os mac.machine musl.os musl.machine musl.libc threaded.threaded pypy.implementation ];
      expected = [ "macosx" "arm64" "musllinux" "aarch64" 2 true "pp" ];
    };
    unknownLibc = {
      expr = [ (onLinux "x86_64" null).libc (of (host "x86_64" { isMusl = true; }) null).libc ];
      expected = [ 35 2 ];
    };
    machines = {
      expr = map (cpu: (onLinux cpu null).machine) [ "i686" "i586" "armv7l" "armv7a" "powerpc64le" "s390x" "riscv64" ];
      expected = [ "i686" "i686" "armv7l" "armv7l" "ppc64le" "s390x" "riscv64" ];
    };
  };

  rank = {
    # As pip orders them.
    order = {
      expr = ordered linux [
        "cp311-cp311-manylinux_2_28_x86_64"
        "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64"
        "cp311-cp311-manylinux_2_12_x86_64"
        "cp311-cp311-manylinux1_x86_64"
        "cp311-cp311-linux_x86_64"
        "cp311-abi3-manylinux1_x86_64"
        "cp311-none-manylinux1_x86_64"
        "cp310-abi3-manylinux_2_28_x86_64"
        "cp39-abi3-manylinux_2_34_x86_64"
        "cp38-abi3-manylinux_2_34_x86_64"
        "py311-none-manylinux1_x86_64"
        "py3-none-manylinux_2_28_x86_64"
        "py2.py3-none-manylinux1_x86_64"
        "py310-none-manylinux_2_28_x86_64"
        "cp311-none-any"
        "py311-none-any"
        "py3-none-any"
        "py310-none-any"
        "py30-none-any"
        "cp3-none-any"
      ];
      expected = true;
    };
    unfit = {
      expr = fits linux [
        "cp312-cp312-manylinux2014_x86_64"
        "cp312-abi3-manylinux2014_x86_64"
        "cp312-none-manylinux2014_x86_64"
        "py312-none-any"
        "py2-none-any"
        "cp310-none-any"
        "cp310-cp310-manylinux2014_x86_64"
        "pp311-pypy311_pp73-manylinux2014_x86_64"
        "cp311-cp311-manylinux_2_39_x86_64"
        "cp311-cp311-manylinux_3_1_x86_64"
        "cp311-cp311-manylinux2014_aarch64"
        "cp311-cp311-manylinux2014_i686"
        "cp311-cp311-linux_i686"
        "cp311-cp311-musllinux_1_2_x86_64"
        "cp311-cp311t-manylinux2014_x86_64"
        "cp311-cp311-win_amd64"
        "cp311-cp311-any"
        "cp38-abi3-any"
      ];
      expected = builtins.genList (_: false) 18;
    };
    sets = {
      expr = fits linux [
        "cp310.cp311-cp310.cp311-manylinux_2_5_x86_64.manylinux1_x86_64"
        "cp37.cp38.cp39-abi3-manylinux_2_39_x86_64.manylinux2014_x86_64"
        "cp37-abi3.none-manylinux2014_x86_64"
        "py2.py3-none-any"
        # 3.12 is none of its Pythons.
        "cp312.cp313-abi3-manylinux2014_x86_64"
      ];
      expected = [ true true true true false ];
    };
    oldLibc = {
      expr = fits (onLinux "x86_64" "2.11") [
        "py3-none-manylinux1_x86_64"
        "py3-none-manylinux2010_x86_64"
        "py3-none-manylinux2014_x86_64"
        "py3-none-manylinux_2_11_x86_64"
      ];
      expected = [ true false false true ];
    };
    machines = {
      expr = map (cpu: fits (onLinux cpu null) [ "py3-none-manylinux2014_${(onLinux cpu null).machine}" ]) [
        "i586"
        "armv7l"
        "powerpc64le"
        "s390x"
        "riscv64"
      ];
      expected = builtins.genList (_: [ true ]) 5;
    };
    i686 = {
      expr = fits (onLinux "i686" null) [ "py3-none-linux_i686" "py3-none-manylinux1_i686" "py3-none-linux_x86_64" ];
      expected = [ true true false ];
    };
    musl = {
      expr = fits musl [
        "cp311-cp311-musllinux_1_2_aarch64"
        "cp311-cp311-musllinux_1_1_aarch64"
        "cp311-cp311-linux_aarch64"
        "cp311-cp311-musllinux_1_3_aarch64"
        "cp311-cp311-musllinux_2_0_aarch64"
        "cp311-cp311-musllinux_1_2_x86_64"
        "cp311-cp311-manylinux2014_aarch64"
      ];
      expected = [ true true true false false false false ];
    };
    mac = {
      expr = ordered mac [
        "cp311-cp311-macosx_11_0_arm64"
        "cp311-cp311-macosx_14_0_arm64"
        "cp311-cp311-macosx_10_9_universal2"
        "py3-none-any"
      ];
      expected = true;
    };
    macUnfit = {
      expr = fits mac [ "cp311-cp311-macosx_11_0_x86_64" "cp311-cp311-linux_arm64" ];
      expected = [ false false ];
    };
    threaded = {
      expr = fits threaded [
        "cp313-cp313t-manylinux2014_x86_64"
        "cp313-none-manylinux2014_x86_64"
        "py3-none-any"
        "cp313-cp313-manylinux2014_x86_64"
        "cp39-abi3-manylinux2014_x86_64"
      ];
      expected = [ true true true false false ];
    };
    pypy = {
      expr = fits pypy [
        "pp311-pypy311_pp73-manylinux2014_x86_64"
        "py3-none-any"
        "cp311-cp311-manylinux2014_x86_64"
        "pp310-pypy310_pp73-manylinux2014_x86_64"
        "pp39-abi3-manylinux2014_x86_64"
      ];
      expected = [ true true false false false ];
    };
    noWheel = {
      expr = tags.rank linux "a-1.tar.gz";
      expected = 0;
    };
  };

  bindingRank = {
    own = {
      expr = tags.bindingRank linux "cp311" "cp311";
      expected = { kind = 8; any = 0; release = 0; needsPlatform = true; };
    };
    none = {
      expr = tags.bindingRank linux "cp310" "cp310";
      expected = null;
    };
  };

  platformRank = {
    some = {
      expr = map (tags.platformRank linux) [ "any" "linux_x86_64" "manylinux1_x86_64" "manylinux_2_5_x86_64" "win32" ];
      expected = [ 0 1 7 7 null ];
    };
  };

  choose = {
    best = {
      expr = chosen linux [ "py3-none-any" "cp311-cp311-manylinux2014_x86_64" "cp38-abi3-manylinux2014_x86_64" ];
      expected = "a-1-cp311-cp311-manylinux2014_x86_64.whl";
    };
    # Whatever the order of the index.
    equals = {
      expr =
        let
          names = [ "py3-none-manylinux_2_17_x86_64" "py3-none-manylinux2014_x86_64" ];
        in
        [ (chosen linux names) (chosen linux (builtins.tail names ++ [ (builtins.head names) ])) ];
      expected = [ "a-1-py3-none-manylinux2014_x86_64.whl" "a-1-py3-none-manylinux2014_x86_64.whl" ];
    };
    buildNumber = {
      expr = chosen linux [ "9-py3-none-any" "py3-none-any" "10b-py3-none-any" ];
      expected = "a-1-10b-py3-none-any.whl";
    };
    none = {
      expr = (builtins.tryEval (tags.choose mac "a 1" [ (file "cp311-cp311-manylinux2014_x86_64") ])).success;
      expected = false;
    };
  };

  isWheel = {
    some = {
      expr = map tags.isWheel [ { wheels = [ ]; } { local = "dist/a-1-py3-none-any.whl"; } { local = "dist"; } { url = "a.whl"; } "/nix/store/x" ];
      expected = [ true true false false false ];
    };
  };

  isPure = {
    some = {
      expr = map tags.isPure [ "a-1-py3-none-any.whl" "a-1-py3-none-manylinux1_x86_64.whl" "a-1-py3-none-linux_x86_64.any.whl" ];
      expected = [ true false false ];
    };
  };
}
