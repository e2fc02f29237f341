let
  select = import ../../nix/select.nix;

  linux = {
    os = "linux";
    cpu = "x64";
    libc = "glibc";
  };
  forMac = optional: {
    os = [ "darwin" ];
    cpu = [ ];
    libc = [ ];
    pack = "mac";
    inherit optional;
    without = [
      "node_modules/mac"
      "node_modules/only-for-mac"
    ];
  };
  forLinux = {
    os = [ "linux" ];
    cpu = [ "x64" ];
    libc = [ ];
    optional = true;
    pack = "linux";
    without = [ "node_modules/linux" ];
  };
  bound = {
    "node_modules/mac" = forMac true;
    "node_modules/linux" = forLinux;
  };
in
{
  removed = {
    withItsSet = {
      expr = builtins.attrNames (select.removed linux bound);
      expected = [
        "node_modules/mac"
        "node_modules/only-for-mac"
      ];
    };
    notOptional = {
      expr = select.removed linux { "node_modules/mac" = forMac false; };
      expected = { };
    };
  };

  isGone =
    let
      gone."node_modules/a" = true;
      isGone = select.isGone gone;
    in
    {
      itself = {
        expr = isGone "node_modules/a";
        expected = true;
      };
      within = {
        expr = isGone "node_modules/a/node_modules/b/node_modules/@c/c";
        expected = true;
      };
      others = {
        expr = map isGone [
          "node_modules/ab"
          "node_modules/b/node_modules/a"
          "packages/w/node_modules/a"
        ];
        expected = [ false false false ];
      };
    };

  unsupported = {
    optional = {
      expr = select.unsupported linux bound;
      expected = [ ];
    };
    required = {
      expr = select.unsupported linux { "node_modules/mac" = forMac false; };
      expected = [ "node_modules/mac asks for os darwin" ];
    };
    # Required by what is not there is not required.
    requiredByRemoved = {
      expr = select.unsupported linux (
        bound
        // {
          "node_modules/only-for-mac" = forMac false;
        }
      );
      expected = [ ];
    };
  };

  neededPacks = {
    otherPlatforms = {
      expr = select.neededPacks linux bound [
        "00"
        "linux"
        "mac"
      ];
      expected = [
        "00"
        "linux"
      ];
    };
    # One package at two places, of which one stays.
    stillUsed = {
      expr = select.neededPacks linux (
        bound // { "node_modules/x/node_modules/mac" = forLinux // { pack = "mac"; }; }
      ) [ "mac" ];
      expected = [ "mac" ];
    };
  };

  memberSource =
    let
      tree = map (path: { inherit path; });
      built = {
        a.tree = tree [ "a" "b" ];
        b.tree = tree [ "b" ];
        c.tree = tree [ "c" "d" ];
        d.tree = tree [ "c" "d" ];
      };
    in
    {
      itself = {
        expr = select.memberSource built "a" "a";
        expected = "pack";
      };
      builtFirst = {
        expr = select.memberSource built "a" "b";
        expected = "built";
      };
      circle = {
        expr = select.memberSource built "c" "d";
        expected = "pack";
      };
      plain = {
        expr = select.memberSource built "a" "e";
        expected = "pack";
      };
    };

  input = {
    dotted = {
      expr = select.input { xorg.libX11 = "x11"; } "xorg.libX11";
      expected = "x11";
    };
    missing = {
      expr = (builtins.tryEval (select.input { } "nope")).success;
      expected = false;
    };
  };
}
