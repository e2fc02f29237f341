# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Which of the project's files are its source.
*/
rec {
  /**
    Whether a path (relative to the project) belongs to its source. What
    Headwater generates and what Nix leaves behind does not: a new pin alone
    must not look like a changed project.

    # Type

    isSource :: [String] -> String -> Bool
  */
  isSource =
    generated: path:
    let
      name = baseNameOf path;
    in
    !(
      builtins.elem name [
        ".git"
        "node_modules"
      ]
      || builtins.elem path (
        [
          ".direnv"
          ".guix-channel"
          "flake.lock"
          "flake.nix"
          "guix.scm"
          "headwater.lock"
          "headwater.toml"
          "manifest.scm"
          "nix/headwater"
        ]
        ++ generated
      )
      # `result`, `result-2` and the like, links that nix build makes, and what a
      # conversion that was cut short leaves behind.
      || builtins.match "result(-.*)?|\\.headwater-[[:alnum:]]+" path != null
    );

  /**
    The folders around a path (both relative to the project) that hold nothing
    else, given what lies in a folder: left out with it, as nothing is in them.

    # Type

    around :: (String -> [String]) -> String -> [String]
  */
  around =
    namesIn: path:
    let
      folder = dirOf path;
    in
    if folder == "." || namesIn folder != [ (baseNameOf path) ] then
      [ ]
    else
      [ folder ] ++ around namesIn folder;

  /**
    The folders of Guix modules that Headwater generates, given what lies in a
    folder.

    # Type

    guixModules :: (String -> [String]) -> [String]
  */
  guixModules =
    namesIn:
    let
      isOurs =
        folder:
        builtins.elem "project.scm" (namesIn "${folder}/packages")
        && builtins.all (
          name:
          builtins.elem name [
            ".gitignore"
            "build"
            "packages"
          ]
        ) (namesIn folder);
    in
    builtins.filter isOurs (map (name: "modules/${name}") (namesIn "modules"));

  /**
    The path of something below a folder, relative to it.

    # Type

    relativeTo :: String -> String -> String
  */
  relativeTo = folder: path: builtins.substring (builtins.stringLength folder + 1) (-1) path;

  /**
    Whether one of the expressions is all of a path, which is relative to the
    project. They are POSIX's, so that shells know them too.

    # Type

    isExcluded :: [String] -> String -> Bool
  */
  isExcluded = expressions: path: builtins.any (one: builtins.match one path != null) expressions;

  /**
    The project's source in the store. `keep` says of names what else is to be
    left out, as an ecosystem's own tools leave it behind; `exclude`, of paths,
    what the user leaves out, relative to `top`.

    # Type

    clean :: { src :: Path; top :: Path; generated :: Path; name :: String; keep :: String -> Bool; exclude :: [String]; } -> StorePath
  */
  clean =
    {
      src,
      top ? src,
      generated,
      name,
      keep ? (_: true),
      exclude ? [ ],
    }:
    let
      root = toString src;
      own = relativeTo root (toString generated);
      isInside = toString generated == "${root}/${own}";
      isFolder =
        folder:
        folder == "."
        || (
          isFolder (dirOf folder)
          && (builtins.readDir (src + "/${dirOf folder}")).${baseNameOf folder} or "" == "directory"
        );
      namesIn =
        folder: if isFolder folder then builtins.attrNames (builtins.readDir (src + "/${folder}")) else [ ];
      folders = (if isInside then [ own ] else [ ]) ++ guixModules namesIn;
      left = builtins.concatMap (folder: [ folder ] ++ around namesIn folder) folders;
    in
    builtins.path {
      path = src;
      inherit name;
      filter =
        path: _:
        isSource left (relativeTo root path)
        && keep (baseNameOf path)
        && !(isExcluded exclude (relativeTo (toString top) path));
    };

  /**
    A project's files: as they are, where they are here. What a fetcher gives is
    not there when this is evaluated, and reading it would build it at once: it
    is made ready by a derivation of its own.

    # Type

    ready :: { pkgs; src; name :: String; lockfile; exclude :: [String]; } -> Path | derivation
  */
  ready =
    {
      pkgs,
      src,
      name,
      lockfile,
      exclude,
    }:
    if builtins.isPath src then
      src
    else
      import ./fetched.nix {
        inherit
          pkgs
          src
          name
          lockfile
          exclude
          ;
      };

  /**
    One file or folder of the project in the store, alone, so that only its own
    bytes count; `keep` says of names in a folder which are taken, `exclude` of
    paths which are not. Of a project that is fetched it is the place there.

    # Type

    alone :: { src :: Path | derivation; path :: String; name :: String; keep :: String -> Bool; exclude :: [String]; } -> String
  */
  alone =
    {
      src,
      path,
      name,
      keep ? (_: true),
      exclude ? [ ],
    }:
    if builtins.isPath src then
      builtins.path {
        path = src + "/${path}";
        inherit name;
        filter = path: _: keep (baseNameOf path) && !(isExcluded exclude (relativeTo (toString src) path));
      }
    else
      "${src}/${path}";

  /**
    A patch that headwater.toml names: it lies beside that file (`here`), or in
    the project.

    # Type

    patch :: Path -> (Path | derivation) -> String -> String
  */
  patch =
    here: src: path:
    alone {
      src = if builtins.pathExists (here + "/${path}") then here else src;
      inherit path;
      name = "headwater-patch";
    };
}
