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
          "flake.lock"
          "flake.nix"
          "headwater.lock"
          "headwater.toml"
          "nix/headwater"
        ]
        ++ generated
      )
      # `result`, `result-2` and the like, links that nix build makes.
      || builtins.match "result(-.*)?" path != null
    );

  /**
    The path of something below a folder, relative to it.

    # Type

    relativeTo :: String -> String -> String
  */
  relativeTo =
    folder: path: builtins.substring (builtins.stringLength folder + 1) (-1) path;

  /**
    The project's source in the store.

    # Type

    clean :: { src :: Path; generated :: Path; name :: String; } -> StorePath
  */
  clean =
    {
      src,
      generated,
      name,
    }:
    let
      root = toString src;
    in
    builtins.path {
      path = src;
      inherit name;
      filter = path: _: isSource [ (relativeTo root (toString generated)) ] (relativeTo root path);
    };
}
