/**
  Headwater's library for Python: from pinned data to a project that Nix builds.

  # Inputs

  `pkgs`: a package set. Then the project's data, as `headwater convert` writes it:

  `src`: the project's folder; `generated`: the folder of the generated code;
  `sources`: registry and packs; `packages`: the project and its packages;
  `packs`: the folder of list files, where there are packs.

  # Output

  The project's derivation, with `env`, `devEnv`, `devShell`, `wheels`,
  `requirements`, `packs` and `checks` in its passthru.
*/
{ pkgs }:
{
  src,
  generated,
  sources,
  packages,
  packs ? null,
}:
let
  pep508 = import ./pep508.nix;
  select = import ./select.nix;
  text = import ./text.nix;
  inherit (import ../select.nix) input;

  python = input pkgs (packages.python or "python3");
  tools = import ./tools.nix { inherit pkgs python; };
  interpreter = pep508.environment {
    inherit python;
    inherit (pkgs.stdenv) hostPlatform;
  };
  markers = interpreter // {
    extras = packages.extras or [ ];
  };

  tags = (import ./tags.nix).interpreter {
    inherit python;
    inherit (pkgs.stdenv) hostPlatform;
    libc = pkgs.stdenv.cc.libc.version or null;
  };

  fetchPack = import ../fetch-pack.nix {
    inherit pkgs packs;
    sources = {
      registry = "";
    }
    // sources;
  };
  fetchers = builtins.mapAttrs (
    name: _:
    fetchPack {
      inherit name;
      commits = false;
    }
  ) (sources.packs or { });
  packPaths = builtins.mapAttrs (_: pack: "${pack}") fetchers;

  sourceOf = import ./fetch.nix {
    inherit
      pkgs
      src
      sources
      packPaths
      ;
    interpreter = tags;
  };

  makeWheel = import ./wheel.nix {
    inherit
      pkgs
      tools
      sourceOf
      packs
      packPaths
      src
      wheels
      ;
    environment = interpreter;
  };
  missing = packages.missing or { };
  wheels =
    builtins.mapAttrs makeWheel packages.packages
    // builtins.mapAttrs (
      key: sentence: throw "headwater: ${packages.pname} cannot be built:\n  ${key}: ${sentence}"
    ) missing;

  # --- The environments ---------------------------------------------------------
  project = packages.project or null;
  projectKey = if project == null then null else "${project.name}@${project.version}";
  known = packages.packages // builtins.mapAttrs (_: _: { name = "missing"; }) missing;

  problems =
    keys:
    let
      there = builtins.filter (key: !(missing ? ${key})) keys;
    in
    (import ../lockfile.nix).stale src (packages.lockfile or null)
    ++ builtins.attrValues (
      builtins.mapAttrs (key: sentence: "${key}: ${sentence}") (builtins.intersectAttrs (set keys) missing)
    )
    ++ select.conflicts packages.packages there
    ++ select.unsupported interpreter packages.packages there
    ++ select.unsupported interpreter { ${packages.pname} = packages; } [ packages.pname ];
  set =
    names:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = null;
      }) names
    );

  makeEnvironment = import ./environment.nix { inherit tools; };
  environmentOf =
    {
      kind,
      roots,
      groups,
      own,
      editable,
    }:
    let
      reached = select.reachable (markers // { dependency_groups = groups; }) known roots;
      # A working copy takes the place of the package that was made from it.
      keys = builtins.filter (key: !(editable ? ${pep508.normalize known.${key}.name})) reached;
      list = problems keys;
      made = makeEnvironment {
        name = text.storeName "${packages.pname}-${kind}";
        wheels = builtins.mapAttrs (key: _: "${wheels.${key}}") (set keys) // own;
        allowed = packages.collisions or [ ];
        inherit editable;
      };
    in
    if list == [ ] then
      made
    else
      throw "headwater: ${packages.pname} cannot be built:\n  ${builtins.concatStringsSep "\n  " list}";

  source = (import ../source.nix).clean {
    inherit src generated;
    keep = (import ./source.nix).isSource;
    name = text.storeName "${packages.pname}-source";
  };

  wheel = if project == null then null else makeWheel projectKey (project // { inherit source; });

  groups = packages.defaultGroups or [ ];
  env = environmentOf {
    kind = "env";
    roots = packages.roots;
    inherit groups;
    own = if wheel == null then { } else { ${projectKey} = "${wheel}"; };
    editable = { };
  };
  devEnv = environmentOf {
    kind = "dev-env";
    roots = packages.roots ++ packages.devRoots or [ ];
    groups = groups ++ packages.devGroups or [ ];
    own = { };
    editable = builtins.mapAttrs (
      _: one: {
        folders = one.folders or [ "." ];
        version = one.version;
        requires = one.requires or [ ];
        entryPoints = one.entryPoints or { };
      }
    ) (packages.editable or { });
  };

  application = import ./application.nix {
    inherit
      pkgs
      tools
      packages
      wheel
      source
      passthru
      ;
    environment = env;
  };

  passthru = {
    inherit
      env
      devEnv
      wheels
      wheel
      ;
    packs = fetchers;
    requirements = builtins.mapAttrs (_: built: built.requirements) (
      wheels // (if wheel == null then { } else { ${projectKey} = wheel; })
    );
    devShell = import ./shell.nix {
      inherit pkgs packages;
      environment = devEnv;
      inputs = map (input pkgs) (if project == null then [ ] else project.buildInputs or [ ]);
    };
    checks = {
      program = application;
      # That the packages have what they ask for: a lockfile may say otherwise.
      requirements = derivation (
        tools.common
        // {
          name = text.storeName "${packages.pname}-requirements";
          title = packages.pname;
          args = tools.run "consistent.py";
          config = builtins.toJSON {
            environment = "${env}";
            inherit (tools) sitePackages;
          };
          passAsFile = [ "config" ];
        }
      );
    };
  };
in
application
