# What every derivation of this stdenv runs.
# shellcheck disable=SC1091,SC2154
source "$stdenv/setup"
genericBuild
