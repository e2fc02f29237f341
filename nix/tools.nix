# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  What the builders stand on, evaluated once.
*/
{ pkgs }:
rec {
  inherit (pkgs) nodejs bash;

  /**
    The builders' JavaScript, copied as one folder: its files need each other.
  */
  js = builtins.path {
    path = ./js;
    name = "headwater-js";
  };

  /**
    What first lines of scripts are patched to.
  */
  interpreters = {
    node = "${nodejs}/bin/node";
    nodejs = "${nodejs}/bin/node";
    bash = "${bash}/bin/bash";
    sh = "${bash}/bin/sh";
    env = "${pkgs.coreutils}/bin/env";
  };

  /**
    Lines of a shell that set variables.

    # Type

    exports :: { name = String; ... } -> String
  */
  exports =
    variables:
    pkgs.lib.concatMapStrings (
      name: "export ${name}=${pkgs.lib.escapeShellArg variables.${name}}\n"
    ) (builtins.attrNames variables);

  /**
    The shared part of a bare derivation that runs a script with node.
  */
  common = {
    system = pkgs.stdenv.buildPlatform.system;
    builder = interpreters.node;
  };

  /**
    Where node's headers are: a package of their own in some package sets.
  */
  nodeHeaders = "${nodejs.dev or nodejs}";
}
