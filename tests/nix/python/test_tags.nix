let
  tags = import ../../../nix/python/tags.nix;
  host = cpu: more: { parsed.cpu.name = cpu; } // more;
  python = {
    pythonVersion = "3.11";
    isPyPy = false;
  };
  of = hostPlatform: libc: tags.interpreter { inherit python hostPlatform libc; };
  linux = of (host "x86_64" { isLinux = true; }) "2.36-9";
  musl = of (host "aarch64" { isLinux = true; isMusl = true; }) null;
  mac = of (host "aarch64" { isDarwin = true; }) null;
  file = name: { file = "a-1-${name}.whl"; };
  ranks = interpreter: map (name: tags.rank interpreter "a-1-${name}.whl");
in
{
  interpreter = {
    linux = {
      expr = linux;
      expected = { implementation = "cp"; major = 3; minor = 11; os = "manylinux"; machine = "x86_64"; libc = 36; };
    };
    mac = {
      expr = [ mac.os mac.machine musl.os musl.machine musl.libc ];
      expected = [ "macosx" "arm64" "musllinux" "aarch64" 35 ];
    };
  };

  rank = {
    bindings = {
      expr = ranks linux [
        "py3-none-any"
        "py2.py3-none-any"
        "cp38-abi3-manylinux2014_x86_64"
        "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64"
        "py3-none-manylinux1_x86_64"
      ];
      expected = [ 2 2 5 7 3 ];
    };
    unfit = {
      expr = ranks linux [
        "cp312-cp312-manylinux2014_x86_64"
        "cp312-abi3-manylinux2014_x86_64"
        "py2-none-any"
        "pp311-pypy311_pp73-manylinux2014_x86_64"
        "cp311-cp311-manylinux_2_39_x86_64"
        "cp311-cp311-manylinux2014_aarch64"
        "cp311-cp311-musllinux_1_2_x86_64"
        "cp311-cp311t-manylinux2014_x86_64"
        "cp311-cp311-win_amd64"
      ];
      expected = [ 0 0 0 0 0 0 0 0 0 ];
    };
    others = {
      expr = ranks musl [ "cp311-cp311-musllinux_1_2_aarch64" ] ++ ranks mac [ "cp311-cp311-macosx_11_0_arm64" "cp311-cp311-macosx_10_9_universal2" ];
      expected = [ 7 7 7 ];
    };
    noWheel = {
      expr = tags.rank linux "a-1.tar.gz";
      expected = 0;
    };
  };

  choose = {
    best = {
      expr = (tags.choose linux "a 1" (map file [ "py3-none-any" "cp311-cp311-manylinux2014_x86_64" "cp38-abi3-manylinux2014_x86_64" ])).file;
      expected = "a-1-cp311-cp311-manylinux2014_x86_64.whl";
    };
    none = {
      expr = (builtins.tryEval (tags.choose mac "a 1" [ (file "cp311-cp311-manylinux2014_x86_64") ])).success;
      expected = false;
    };
  };
}
