# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  From a project's data to its application: its environments, its shell, its
  checks. The packages are built once for all that share them.

  # Type

  { pkgs, tools, markers, src, files, generated, makeWheel, isBuilt, wheels, rebuilt, packs, memberOf } -> packages -> derivation

  `files` is `src` in a form that builds can take, `markers` what markers are
  compared with, `makeWheel` builds the project's
  own wheel, `wheels` are those of `packages.packages`, `packs` what they are
  fetched in; `isBuilt` says of a key whether it is built from its source;
  `rebuilt` are checks of `wheels`; `memberOf` makes the application of what a
  member has for itself.
*/
{
  pkgs,
  tools,
  markers,
  src,
  files,
  generated,
  makeWheel,
  isBuilt,
  wheels,
  rebuilt,
  packs,
  memberOf,
}:
packages:
let
  pep508 = import ./pep508.nix;
  select = import ./select.nix;
  text = import ../text.nix;
  inherit (import ../select.nix) input;
  inherit (pkgs.lib) sourceTypes unique;

  project = packages.project or null;
  projectKey = if project == null then null else "${project.name}@${project.version}";
  missing = packages.missing or { };
  known = packages.packages // builtins.mapAttrs (_: _: { name = "missing"; }) missing;

  set =
    names:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = null;
      }) names
    );

  # --- What is in the environments ----------------------------------------------
  markersWith =
    groups:
    markers
    // {
      extras = packages.extras or [ ];
      dependency_groups = groups;
    };
  environments = rec {
    env = {
      roots = packages.roots;
      groups = packages.defaultGroups or [ ];
      own = if wheel == null then { } else { ${projectKey} = "${wheel}"; };
      editable = { };
    };
    devEnv = {
      roots = env.roots ++ packages.devRoots or [ ];
      groups = env.groups ++ packages.devGroups or [ ];
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
  };
  keysOf =
    { roots, groups, editable, ... }:
    # A working copy takes the place of the package that was made from it.
    builtins.filter (key: !(editable ? ${pep508.normalize known.${key}.name})) (
      select.reachable (markersWith groups) known roots
    );
  reached = builtins.mapAttrs (_: keysOf) environments;

  # --- What keeps them from being made ------------------------------------------
  askers =
    keys:
    map (key: {
      title = key;
      asks = packages.packages.${key}.requiresPython or "";
      upperBounds = packages.pythonUpperBounds or true;
    }) keys
    ++ [
      {
        title = packages.pname;
        asks = packages.requiresPython or "";
        # Of the project itself every tool looks at them.
        upperBounds = true;
      }
    ];
  problems =
    keys: there:
    (import ../lockfile.nix).stale src (packages.lockfile or null)
    ++ builtins.attrValues (
      builtins.mapAttrs (key: sentence: "${key}: ${sentence}") (builtins.intersectAttrs (set keys) missing)
    )
    ++ select.conflicts packages.packages there
    ++ select.unsupported markers (askers there);

  # --- The environments ---------------------------------------------------------
  makeEnvironment = import ./environment.nix { inherit tools; };
  environmentOf =
    kind: contents: keys:
    let
      there = builtins.filter (key: !(missing ? ${key})) keys;
      list = problems keys there;
      warned = builtins.foldl' (made: sentence: builtins.trace "headwater: ${sentence}" made) made (
        select.unlooked markers (askers there)
      );
      made = makeEnvironment {
        name = text.storeName "${packages.pname}-${kind}";
        wheels = builtins.mapAttrs (key: _: "${wheels.${key}}") (set keys) // contents.own;
        allowed = packages.collisions or [ ];
        inherit (contents) editable;
        opened = map (library: "${library.lib or library}/lib") (
          unique (map (input pkgs) (builtins.concatMap (key: packages.packages.${key}.opened or [ ]) there))
        );
      };
    in
    if list == [ ] then
      warned
    else
      throw "headwater: ${packages.pname} cannot be built:\n  ${builtins.concatStringsSep "\n  " list}";

  env = environmentOf "env" environments.env reached.env;
  devEnv = environmentOf "dev-env" environments.devEnv reached.devEnv;

  # --- The project --------------------------------------------------------------
  # A member of a workspace lies below.
  below = top: if packages ? folder then top + "/${packages.folder}" else top;
  source =
    if builtins.isPath src then
      (import ../source.nix).clean {
        inherit generated;
        src = below src;
        top = src;
        keep = (import ./source.nix).isSource;
        name = text.storeName "${packages.pname}-source";
        exclude = packages.exclude or [ ];
      }
    else
      below "${files}";
  wheel = if project == null then null else makeWheel ({ inherit source; } // project);

  # Each wheel is asked for its path first, so that what nixpkgs' policy refuses is named by itself.
  sourceProvenance = unique (
    [ sourceTypes.fromSource ]
    ++ builtins.concatMap (
      key: builtins.seq wheels.${key}.outPath wheels.${key}.meta.sourceProvenance
    ) (builtins.filter (key: !(isBuilt key)) reached.env)
  );

  application = import ./application.nix {
    inherit
      pkgs
      tools
      packages
      wheel
      source
      sourceProvenance
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
      packs
      ;
    members = builtins.mapAttrs (_: memberOf) (packages.members or { });
    requirements = builtins.mapAttrs (_: built: built.requirements) (
      builtins.intersectAttrs (set (builtins.filter isBuilt (builtins.attrNames wheels))) wheels
      // (if wheel == null then { } else { ${projectKey} = wheel; })
    );
    devShell = import ./shell.nix {
      inherit pkgs packages;
      environment = devEnv;
      inputs = map (input pkgs) (if project == null then [ ] else project.buildInputs or [ ]);
    };
    checks = import ../checks.nix {
      inherit pkgs;
      inherit (packages) pname;
      project = application;
      checks = packages.checks or { };
    }
    // rebuilt
    // {
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
            extras = select.extrasOf (markersWith environments.env.groups) known packages.roots;
            overridden = packages.overridden or [ ];
          };
          passAsFile = [ "config" ];
        }
      );
    };
  };
in
application
