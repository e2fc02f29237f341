# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Which files of a Python project are its source, beside what ../source.nix says.
*/
{
  /**
    Whether a file or folder of this name, wherever it lies, is source: not
    what tools leave behind, nor an environment of the developer's own.

    # Type

    isSource :: String -> Bool
  */
  isSource =
    name:
    !(builtins.elem name [
      ".git"
      ".mypy_cache"
      ".nox"
      ".pytest_cache"
      ".ruff_cache"
      ".tox"
      ".venv"
      "__pycache__"
      "node_modules"
    ])
    && builtins.match ".*[.](egg-info|pyc)" name == null;
}
