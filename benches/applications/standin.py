"""The stand-in for nixpkgs, set up for this machine, and Nix's settings over it."""

import json
import os
import shutil
import subprocess

import ground
from ground import place

FOLDER = os.path.join(ground.WORK, "nixpkgs")
DEFAULT = "{ system ? builtins.currentSystem, config ? { }, overlays ? [ ] }:\n\
import ./hostpkgs { inherit system overlays; config = import ./config.nix // config; }\n"
FLAKE = """{
  outputs = { self }: {
    lib = import ./hostpkgs/lib.nix;
    legacyPackages = builtins.listToAttrs (map (system: {
      name = system;
      value = import ./. { inherit system; };
    }) [ "x86_64-linux" "aarch64-linux" ]);
  };
}
"""


def config(rust, git):
    """What the stand-in is told of this machine, as Nix: programs that Debian lacks, Rust's folder, git's settings."""
    programs = {name: os.path.join(ground.WORK, "tools/bin", name) for name in ("maturin", "uv-build")}
    said = {"programs": programs} | ({"rust": rust} if rust else {}) | ({"gitConfig": git} if git else {})
    return f"builtins.fromJSON ''{json.dumps(said)}''\n"


def write(mirrors, git):
    """Lays the stand-in out. `git`: repositories (OWNER/NAME) that builds take from mirrors."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(os.path.join(place.ROOT, "tests/hostpkgs"), os.path.join(FOLDER, "hostpkgs"))
    settings = ground.git_config(mirrors, git) if mirrors and git else None
    for name, text in (("default.nix", DEFAULT), ("flake.nix", FLAKE), ("config.nix", config(place.rust(), settings))):
        with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
            file.write(text)


def settings(options, paths):
    """The arguments of scripts/nix-options as text of nix.conf, with more paths in the sandbox."""
    lines, rest = [], list(options)
    while rest:
        if (first := rest.pop(0)) == "--option":
            name, value = rest.pop(0), rest.pop(0)
        else:
            name, value = first.removeprefix("--"), rest.pop(0)
        lines.append(f"{name} = {' '.join([value, *paths] if name == 'sandbox-paths' else [value])}")
    return "\n".join(lines) + "\n"


def environment(paths):
    """What Nix, and who starts it, runs with; the sandbox sees the paths, too."""
    command = ["bash", "-c", '. scripts/nix-options; printf "%s\\n" "${NIX_OPTIONS[@]}"']
    said = subprocess.run(command, cwd=place.ROOT, capture_output=True, text=True, check=True)
    rust = place.rust()
    return {"NIX_CONFIG": settings(said.stdout.removesuffix("\n").split("\n"), [*([rust] if rust else []), *paths])}
