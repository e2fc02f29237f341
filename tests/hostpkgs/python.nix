/**
  Python packages as nixpkgs builds them: `python3Packages` with `buildPythonPackage`, `buildPythonApplication` and what
  goes with the two, with nixpkgs' names and arguments, of this stand-in's own making. Its packages are those of the
  machine's own Python; tests add more with an overlay (`pythonPackagesExtensions`).
*/
{ lib, pkgs }:
let
  python = pkgs.python3;

  # A package that is no more than its modules and its metadata.
  ofModules =
    pname: version: installPhase:
    pkgs.stdenvNoCC.mkDerivation {
      inherit pname version installPhase;
      dontUnpack = true;
      dontFixup = true;
      passthru.isPythonPackage = true;
    };

  # A package of the machine, with the version that it has there.
  ofMachine =
    pname: version: modules:
    ofModules pname version ''
      mkdir -p $out/${python.sitePackages}
      for module in ${lib.escapeShellArgs modules}; do
        found=
        for path in /usr/lib/python3/dist-packages/$module; do
          if [ -e "$path" ]; then ln -s "$path" $out/${python.sitePackages}/; found=1; fi
        done
        [ -n "$found" ] || { echo "this machine has no Python module $module" >&2; exit 1; }
      done
    '';

  # A package of these files.
  ofText =
    pname: version: files:
    ofModules pname version (
      lib.concatStringsSep "\n" (
        lib.mapAttrsToList (path: text: ''
          install -D -m 644 ${builtins.toFile (baseNameOf path) text} "$out/${python.sitePackages}/${path}"
        '') files
      )
    );

  # What a package needs while it runs, with what that needs.
  closure =
    list:
    lib.unique (
      lib.concatMap (one: [ one ] ++ closure (one.dependencies or [ ])) (
        lib.filter (one: one ? isPythonPackage) list
      )
    );
  path = list: lib.concatMapStringsSep ":" (one: "${one}/${python.sitePackages}") list;

  build =
    isApplication: given:
    let
      rattrs = if builtins.isFunction given then given else (_: given);
    in
    pkgs.stdenv.mkDerivation (
      finalAttrs:
      let
        args = rattrs finalAttrs;
        dependencies = closure (args.dependencies or [ ]);
        # nixpkgs' hook that builds brings `wheel`.
        tools = closure (
          (args.build-system or [ ]) ++ lib.optional (pkgs.python3Packages ? wheel) pkgs.python3Packages.wheel
        );
        tests = args.nativeCheckInputs or [ ];
        isNative = one: !(one ? isPythonPackage) && !(one ? isTestHook);
        programs = lib.filter isNative ((args.nativeBuildInputs or [ ]) ++ tests);
      in
      assert args.pyproject == true;
      lib.throwIf (args.disabled or false) "${args.pname} is not for Python ${python.pythonVersion}" (
        removeAttrs args [
          "pyproject"
          "disabled"
          "build-system"
          "dependencies"
          "optional-dependencies"
          "pythonRelaxDeps"
          "pythonRemoveDeps"
          "pythonImportsCheck"
          "nativeCheckInputs"
          "doCheck"
          "preCheck"
          "disabledTests"
          "disabledTestPaths"
        ]
        // {
          nativeBuildInputs = programs ++ [ python pkgs.makeWrapper ];
          strictDeps = true;
          env = args.env or { } // {
            NIX_MAIN_PROGRAM = args.meta.mainProgram or args.pname;
          };
          buildPhase =
            args.buildPhase or ''
              runHook preBuild
              export SETUPTOOLS_SCM_PRETEND_VERSION=$version PDM_BUILD_SCM_VERSION=$version UV_DYNAMIC_VERSIONING_BYPASS=$version
              PYTHONPATH=${path (tools ++ dependencies)} python3 ${./python.py} build
              runHook postBuild
            '';
          installPhase =
            args.installPhase or ''
              runHook preInstall
              PYTHONPATH=${path dependencies} python3 ${./python.py} install "$out" "${python.sitePackages}" \
                ${lib.escapeShellArg (builtins.toJSON {
                  inherit (args) version;
                  relax = args.pythonRelaxDeps or [ ];
                  remove = args.pythonRemoveDeps or [ ];
                })}
              ${lib.optionalString isApplication ''
                for program in "$out"/bin/*; do
                  wrapProgram "$program" --prefix PYTHONPATH : "$out/${python.sitePackages}:${path dependencies}"
                done
              ''}
              runHook postInstall
            '';
          doInstallCheck = true;
          installCheckPhase =
            let
              imports = args.pythonImportsCheck or [ ];
              runs = lib.any (one: one ? isTestHook) tests && args.doCheck or true;
            in
            args.installCheckPhase or ''
              runHook preInstallCheck
              export PYTHONPATH=$out/${python.sitePackages}:${path (closure tests ++ dependencies)}
              export PATH=$PATH:${lib.makeBinPath (closure tests)}
              ${lib.optionalString (imports != [ ]) "(cd $TMPDIR && python3 ${./python.py} import ${lib.escapeShellArgs imports})"}
              ${args.preCheck or ""}
              ${lib.optionalString runs "python3 ${./python.py} test ${
                lib.escapeShellArg (builtins.toJSON {
                  tests = args.disabledTests or [ ];
                  paths = args.disabledTestPaths or [ ];
                })
              }"}
              unset PYTHONPATH
              runHook postInstallCheck
            '';
          passthru = {
            isPythonPackage = true;
            dependencies = args.dependencies or [ ];
            optional-dependencies = args.optional-dependencies or { };
          } // args.passthru or { };
        }
      )
    );

  base = self: {
    inherit python;
    callPackage = lib.callPackageWith (pkgs // self);
    buildPythonPackage = build false;
    buildPythonApplication = build true;
    toPythonApplication = package: package;
    pythonOlder = version: builtins.compareVersions python.pythonVersion version < 0;
    pythonAtLeast = version: builtins.compareVersions python.pythonVersion version >= 0;

    # It runs pytest, if that is among the packages, else functions and cases of unittest by pytest's names.
    pytestCheckHook = {
      isTestHook = true;
    };
    # It takes the options of pytest-cov, and measures nothing.
    pytest-cov-stub = ofText "pytest-cov" "0" {
      "pytest_cov/__init__.py" = "";
      "pytest_cov/plugin.py" = ''
        def pytest_addoption(parser):
            group = parser.getgroup("cov")
            for flag in ("--cov-reset", "--cov-append", "--cov-branch", "--no-cov", "--no-cov-on-fail"):
                group.addoption(flag, action="store_true", default=False)
            for option in ("--cov-report", "--cov-config", "--cov-fail-under", "--cov-context"):
                group.addoption(option, action="append")
            group.addoption("--cov", action="append", nargs="?", const=True)


        def pytest_configure(config):
            config.addinivalue_line("markers", "no_cover: it is not measured")
      '';
      "pytest_cov-0.dist-info/METADATA" = "Metadata-Version: 2.1\nName: pytest-cov\nVersion: 0\n";
      "pytest_cov-0.dist-info/entry_points.txt" = "[pytest11]\npytest_cov = pytest_cov.plugin\n";
    };
    setuptools = ofMachine "setuptools" "66.1.1" [ "setuptools*" "pkg_resources" "_distutils_hack" "wheel*" ];
    six = ofMachine "six" "1.16.0" [ "six*" ];
    pyyaml = ofMachine "pyyaml" "6.0" [ "yaml" "_yaml*" "PyYAML*" ];
  };
in
{
  pythonPackagesExtensions = [ ];
  python3Packages = lib.fix (
    builtins.foldl' (f: overlay: lib.extends overlay f) (self: base self // pkgs.hostPythonPackages) pkgs.pythonPackagesExtensions
  );
}
