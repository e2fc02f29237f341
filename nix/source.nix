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
    The project's source in the store. `keep` says of names what else is to be
    left out, as an ecosystem's own tools leave it behind.

    # Type

    clean :: { src :: Path; generated :: Path; name :: String; keep :: String -> Bool; } -> StorePath
  */
  clean =
    {
      src,
      generated,
      name,
      keep ? (_: true),
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
      filter = path: _: isSource left (relativeTo root path) && keep (baseNameOf path);
    };

  /**
    One file of the project in the store, alone, so that only its own bytes count.

    # Type

    alone :: { src :: Path; path :: String; name :: String; } -> StorePath
  */
  alone =
    {
      src,
      path,
      name,
    }:
    builtins.path {
      path = src + "/${path}";
      inherit name;
    };
}
