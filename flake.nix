{
  description = "Takes what a lockfile installs back to the source it was made from, and builds it from there";

  # There is no flake.lock: nixpkgs cannot be fetched where this project is developed, so nobody could test a lock.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      forEach = make: lib.genAttrs lib.systems.flakeExposed (system: make nixpkgs.legacyPackages.${system});
    in
    {
      packages = forEach (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = "headwater";
          version = (lib.importTOML ./Cargo.toml).package.version;
          src = lib.fileset.toSource {
            root = ./.;
            fileset = lib.fileset.unions [
              ./Cargo.toml
              ./Cargo.lock
              ./benches
              ./clippy.toml
              ./docs/reference
              ./README.md
              ./nix
              ./src
              ./templates
              ./tests/lockfiles
            ];
          };
          cargoLock.lockFile = ./Cargo.lock;
          # The end-to-end tests run Nix themselves; ./test runs them outside of it.
          cargoTestFlags = [ "--lib" ];
          nativeCheckInputs = [ pkgs.gitMinimal ];
          nativeBuildInputs = [
            pkgs.installShellFiles
            pkgs.makeWrapper
          ];
          # A program for another machine cannot print its own.
          postInstall =
            lib.optionalString (pkgs.stdenv.buildPlatform.canExecute pkgs.stdenv.hostPlatform) ''
              installShellCompletion --cmd headwater \
                --bash <($out/bin/headwater completions bash) \
                --fish <($out/bin/headwater completions fish) \
                --zsh <($out/bin/headwater completions zsh)
              $out/bin/headwater man > headwater.1
              installManPage headwater.1
              for command in convert source package cache; do
                $out/bin/headwater man $command > headwater-$command.1
                installManPage headwater-$command.1
              done
            ''
            + ''
              install -Dm644 -t $out/share/headwater docs/reference/*.schema.json
              wrapProgram $out/bin/headwater --prefix PATH : ${lib.makeBinPath [ pkgs.gitMinimal ]}
            '';
          meta = {
            description = "Takes what a lockfile installs back to its source and builds it from there";
            license = with lib.licenses; [
              mit
              asl20
            ];
            mainProgram = "headwater";
          };
        };
      });

      devShells = forEach (pkgs: {
        default = pkgs.mkShell {
          inputsFrom = [ self.packages.${pkgs.stdenv.hostPlatform.system}.default ];
          packages = [
            pkgs.cargo-insta
            pkgs.clippy
            pkgs.nodejs
            pkgs.rustfmt
          ];
        };
      });
    };
}
