# What every derivation of this stdenv runs.
# shellcheck disable=SC1091,SC2154
# Structured attributes. What NIX_ATTRS_SH_FILE names is outside of the sandbox in Nix 2.8.
if [ -e .attrs.sh ]; then
  source ./.attrs.sh
  for _name in "${!outputs[@]}"; do export "$_name=${outputs[$_name]}"; done
  for _name in "${!env[@]}"; do export "$_name=${env[$_name]}"; done
fi
source "$stdenv/setup"
genericBuild
