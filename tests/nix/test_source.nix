let
  source = import ../../nix/source.nix;
  is = source.isSource [ "generated/nix" ];
in
{
  isSource = {
    project = {
      expr = map is [
        "package.json"
        "nix"
        "nix/package.nix"
        "packages/a/result"
        "resulting.js"
        "docs/headwater.toml"
      ];
      expected = [ true true true true true true ];
    };
    generated = {
      expr = map is [
        "headwater.lock"
        "headwater.toml"
        "flake.nix"
        "flake.lock"
        "nix/headwater"
        "generated/nix"
      ];
      expected = [ false false false false false false ];
    };
    leftovers = {
      expr = map is [
        ".git"
        "node_modules"
        "packages/a/node_modules"
        "result"
        "result-2"
        ".headwater-a1B2c3"
      ];
      expected = [ false false false false false false ];
    };
    looksLikeLeftovers = {
      expr = map is [
        ".headwater-notes.md"
        "packages/a/.headwater-a1B2c3"
      ];
      expected = [ true true ];
    };
  };

  around =
    let
      namesIn = folder: { "a" = [ "b" ]; "a/b" = [ "c" ]; "n" = [ "headwater" "x.nix" ]; }.${folder};
    in
    {
      alone = {
        expr = source.around namesIn "a/b/c";
        expected = [ "a/b" "a" ];
      };
      amongOthers = {
        expr = source.around namesIn "n/headwater";
        expected = [ ];
      };
      # The project itself stays, whatever it holds.
      top = {
        expr = source.around namesIn "generated";
        expected = [ ];
      };
    };

  guixModules =
    let
      namesIn =
        folder:
        {
          "modules" = [ "app" "mine" "more" ];
          "modules/app" = [ "build" "packages" ];
          "modules/app/packages" = [ "node.scm" "project.scm" ];
          "modules/more" = [ "index.js" "packages" ];
          "modules/more/packages" = [ "project.scm" ];
        }.${folder} or [ ];
    in
    {
      ours = {
        expr = source.guixModules namesIn;
        expected = [ "modules/app" ];
      };
      none = {
        expr = source.guixModules (_: [ ]);
        expected = [ ];
      };
    };

  relativeTo = {
    below = {
      expr = source.relativeTo "/a/b" "/a/b/c/d";
      expected = "c/d";
    };
  };

  clean = {
    named = {
      expr =
        builtins.match ".*-tests-source" (
          source.clean {
            src = ./.;
            generated = ./nix;
            name = "tests-source";
          }
        ) != null;
      expected = true;
    };
    keeps = {
      expr =
        let
          clean =
            keep:
            source.clean {
              src = ./.;
              generated = ./none;
              name = "tests-source";
              inherit keep;
            };
        in
        clean (_: true) == clean (name: name != "default.nix");
      expected = false;
    };
    excludes = {
      expr =
        let
          clean =
            exclude:
            source.clean {
              src = ./python;
              top = ./.;
              generated = ./none;
              name = "tests-source";
              inherit exclude;
            };
        in
        clean [ ] == clean [ "python/.*[.]nix" ];
      expected = false;
    };
    # The filter is asked with paths below the folder.
    withoutGenerated = {
      expr =
        let
          clean =
            generated:
            source.clean {
              src = ./.;
              inherit generated;
              name = "tests-source";
            };
        in
        clean ./default.nix == clean ./none;
      expected = false;
    };
  };

  isExcluded = {
    whole = {
      expr = map (source.isExcluded [ "(.*/)?docs" "a/[^/]*\\.md" ]) [
        "docs"
        "x/docs"
        "a/b.md"
        "docs.js"
        "a/b/c.md"
      ];
      expected = [ true true true false false ];
    };
  };

  ready = {
    # What is here is read where it is.
    here = {
      expr = source.ready {
        pkgs = throw "not asked";
        src = ./.;
        name = "x";
        lockfile = null;
        exclude = [ ];
      };
      expected = ./.;
    };
    # What a fetcher gives is a derivation's affair.
    fetched = {
      expr =
        (source.ready {
          pkgs.stdenvNoCC.mkDerivation = arguments: { inherit (arguments) src lockfile expressions; };
          src = { outPath = "/nix/store/fetched"; };
          name = "x";
          lockfile = {
            path = "package-lock.json";
            sha256 = "00";
          };
          exclude = [ "a" "b" ];
        })
        // { src = null; };
      expected = {
        src = null;
        lockfile = "package-lock.json";
        expressions = "a\nb";
      };
    };
  };

  patch = {
    # Beside headwater.toml before in the project.
    here = {
      expr = source.patch ./. (throw "not asked") "test_source.nix" == source.patch ./none ./. "test_source.nix";
      expected = true;
    };
    fetched = {
      expr = source.patch ./none { outPath = "/nix/store/fetched"; } "a.patch";
      expected = "/nix/store/fetched/a.patch";
    };
  };

  alone = {
    named = {
      expr =
        builtins.match ".*-one-file" (
          source.alone {
            src = ./.;
            path = "test_source.nix";
            name = "one-file";
          }
        ) != null;
      expected = true;
    };
    excludes = {
      expr =
        let
          alone =
            exclude:
            source.alone {
              src = ./.;
              path = "python";
              name = "one-folder";
              inherit exclude;
            };
        in
        alone [ ] == alone [ "python/.*[.]nix" ];
      expected = false;
    };
    fetched = {
      expr = source.alone {
        src = { outPath = "/nix/store/fetched"; };
        path = "a/b";
        name = "one-file";
      };
      expected = "/nix/store/fetched/a/b";
    };
  };
}
