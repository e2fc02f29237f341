"""Where things lie, and what commands run with. The rest is that of ../hundred."""

import os
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "../hundred"))

import place  # noqa: E402

WORK = os.environ.get("HEADWATER_APPLICATIONS") or os.path.join(place.ROOT, "target/applications")
UV = os.path.join(WORK, "tools/bin/uv")
TIMEOUT = 124


def folder(name, *parts):
    """A path of an application's; its parent is there."""
    path = os.path.join(WORK, name, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def program(manager):
    """The manager's own program."""
    return UV if manager == "uv" else os.path.join(WORK, f"managers/{manager}/bin/{manager}")


def run(command, log, seconds, cwd=None, environment=None):
    """Runs a command and all that it starts, at most so long: its exit code, 124 if it was stopped. What it prints is
    added to the log."""
    with open(log, "a", encoding="utf-8") as file:
        print(f"$ {command if isinstance(command, str) else ' '.join(command)}", file=file, flush=True)
        shell = ["bash", "-euo", "pipefail", "-c", command] if isinstance(command, str) else command
        started = subprocess.Popen(
            ["nice", *shell], cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=file,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            return started.wait(seconds)
        except subprocess.TimeoutExpired:
            return TIMEOUT
        finally:
            end(started)


def end(started):
    """Ends a process group that is ours, and waits for its first process."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(started.pid, sign)
        except ProcessLookupError:
            break
        try:
            started.wait(5)
        except subprocess.TimeoutExpired:
            continue
    started.wait()


def mirror(mirrors, repository):
    """The folder of a repository of GitHub's (OWNER/NAME) among mirrors, or None."""
    if mirrors is None:
        return None
    owner, name = repository.split("/")
    for path in (f"{owner}+{name}/repo", f"{owner}/{name}", f"{owner}/{name}.git"):
        if os.path.isdir(os.path.join(mirrors, path)):
            return os.path.abspath(os.path.join(mirrors, path))
    return None


def git_config(mirrors, repositories):
    """Text of a git configuration by which these repositories (OWNER/NAME) of GitHub's are their mirrors."""
    lines = []
    for one in repositories:
        if there := mirror(mirrors, one):
            lines += [f'[url "file://{there}"]']
            lines += [f"\tinsteadOf = https://github.com/{one}{end}" for end in (".git", "")]
    return "\n".join([*lines, "[uploadpack]", "\tallowFilter = true", "\tallowAnySHA1InWant = true", "[safe]",
                      "\tdirectory = *", "[protocol \"file\"]", "\tallow = always", ""])  # fmt: skip


# A mirror may lack large files, and git then cannot even say what is changed: they are taken out of the commit.
WITHOUT_ABSENT = """
git ls-files --deleted -z > .git/absent
if [ -s .git/absent ]; then
  git rm --quiet --cached --pathspec-from-file=.git/absent --pathspec-file-nul
  git -c user.name=a -c user.email=a@example.org commit --quiet --no-verify --amend --no-edit
fi
"""


def clone(application, kind, mirrors):
    """A clone of the application at its commit, anew: the folder of its project."""
    at = folder(application.name, kind)
    shutil.rmtree(at, ignore_errors=True)
    owner_name = application.repository.removeprefix("https://github.com/").removesuffix(".git")
    source = mirror(mirrors, owner_name) or application.repository
    log = folder(application.name, f"{kind}.log")
    if os.path.exists(log):
        os.remove(log)
    environment = os.environ | git_variables(application, mirrors)
    for command in (
        ["git", "clone", "--quiet", "--no-checkout", *(["--shared"] if source[0] == "/" else []), source, at],
        ["git", "-C", at, "-c", "advice.detachedHead=false", "checkout", "--quiet", application.commit],
        # Where it was cloned from is this machine's affair.
        ["git", "-C", at, "remote", "set-url", "origin", application.repository],
    ):
        if (code := run(command, log, 600, environment=environment)) != 0:
            raise RuntimeError(f"git ended with {code}: see {log}")
    run(WITHOUT_ABSENT, log, 600, at, environment)
    return os.path.normpath(os.path.join(at, application.folder))


def git_variables(application, mirrors):
    """The environment by which git finds the mirrors of an application's git dependencies, and of nothing else."""
    path = folder(application.name, "gitconfig")
    with open(path, "w", encoding="utf-8") as file:
        file.write(git_config(mirrors, application.git))
    return {"GIT_CONFIG_GLOBAL": path}
