let
  source = import ../../../nix/python/source.nix;
in
{
  isSource = {
    project = {
      expr = map source.isSource [ "app.py" "setup.cfg" "venv" "build" ".gitignore" ];
      expected = [ true true true true true ];
    };
    leftovers = {
      expr = map source.isSource [ "__pycache__" ".venv" ".git" "app.egg-info" "a.pyc" ".tox" ];
      expected = [ false false false false false false ];
    };
  };
}
