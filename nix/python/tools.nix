# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  What the builders stand on, evaluated once.

  # Type

  { pkgs, python } -> AttrSet
*/
{ pkgs, python }:
rec {
  inherit python;
  inherit (python) sitePackages;

  /**
    The interpreter; its scripts need Python's own library and nothing else.
  */
  interpreter = "${python}/bin/python3";

  /**
    The builders, copied as one folder: its files need each other.
  */
  builders = builtins.path {
    path = ./builders;
    name = "headwater-python-builders";
    filter = path: _: builtins.match ".*/__pycache__" path == null;
  };

  /**
    The variables of every build: what could differ from one to the next is fixed.
  */
  variables = {
    # The first time that a zip file can hold.
    SOURCE_DATE_EPOCH = "315532800";
    PYTHONHASHSEED = "0";
    PYTHONDONTWRITEBYTECODE = "1";
    PYTHONNOUSERSITE = "1";
    LANG = "C.UTF-8";
    LC_ALL = "C.UTF-8";
    __structuredAttrs = false;
  };

  /**
    The shared part of a bare derivation that runs one of the builders; `run`
    gives its arguments.
  */
  common = variables // {
    system = pkgs.stdenv.buildPlatform.system;
    builder = interpreter;
    # Nix starts a builder by its bare name, so the interpreter finds itself, and
    # with that its library, on PATH.
    PATH = builtins.concatStringsSep ":" (map (package: "${package.bin or package}/bin") [
      python
      pkgs.coreutils
      pkgs.bash
      pkgs.gnupatch
    ]);
  };

  /**
    The arguments by which the interpreter runs a builder, undisturbed.
  */
  run = script: [
    "-B"
    "-E"
    "-s"
    "${builders}/${script}"
  ];
}
