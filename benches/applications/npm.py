"""npm's applications: what installs them for the control run, and what lies where then."""

import json
import os
import re
import shutil

BUILD = "npm run build --if-present"
# The lockfile stays as it is. Without the scripts: npm would run `prepare` of a
# workspace's members again, now without what it is built with.
PRUNE = "npm prune --omit=dev --no-save --ignore-scripts"


def commands(application):
    """What installs and builds the application and leaves what it runs with, and what then adds the rest again."""
    return "\n".join(["npm ci", application.build or BUILD, PRUNE]), "npm ci"


def environment(application, cache):
    """What npm runs with."""
    return {
        "npm_config_cache": f"{cache}/npm",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
        # Headers for addons are those of Debian's Node, as in the builds.
        "npm_config_nodedir": "/usr",
    } | application.environment


def reason(lines):
    """What npm says of its own failure: its code and the first sentence; of a package's script, the error in what that
    printed. None where there is nothing of the kind."""
    said = [line.removeprefix("npm error ").strip() for line in lines if line.startswith("npm error ")]
    code = next((line.removeprefix("code ") for line in said if line.startswith("code E")), None)
    if code is None:
        return next((line for line in said if re.match(r"\w*Error: ", line)), None)
    sentence = next((line for line in said if len(line.split()) > 3), None)
    return sentence and f"{code}: {sentence}"


def manifest(project):
    """package.json."""
    with open(os.path.join(project, "package.json"), encoding="utf-8") as file:
        return json.load(file)


def packages(project):
    """How many packages node_modules has, without the project's own."""
    with open(os.path.join(project, "node_modules/.package-lock.json"), encoding="utf-8") as file:
        entries = json.load(file)["packages"]
    return sum("node_modules/" in location and not entry.get("link") for location, entry in entries.items())


def bins(said):
    """A manifest's programs: file by name. npm takes a string for the one program of the package's name."""
    entry = said.get("bin") or {}
    return {said["name"].rpartition("/")[2]: entry} if isinstance(entry, str) else entry


def programs(project, folder):
    """A folder with the project's own programs, which npm links only for those who depend on it."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name, file in bins(manifest(project)).items():
        path = os.path.normpath(os.path.join(project, file))
        if os.path.exists(path):
            os.chmod(path, 0o755)
            os.symlink(path, os.path.join(folder, name))
    return folder


def installed(result, project):
    """The project's folder in what Nix built."""
    return os.path.join(result, "lib/node_modules", manifest(project)["name"])
