{
  description = "A stand-in for nixpkgs over the machine's own /usr";

  outputs =
    { self }:
    let
      # `local.nix` beside this file is a test's own configuration.
      config = if builtins.pathExists ./local.nix then import ./local.nix else { };
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      each = f: builtins.listToAttrs (map (name: { inherit name; value = f name; }) systems);
    in
    {
      lib = import ./lib.nix;
      legacyPackages = each (system: import ./. { inherit system config; });
    };
}
