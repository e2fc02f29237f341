"""What a `headwater.lock` claims."""

import json
import urllib.parse


class Claim:
    """One package that is said to be proved: every file is that of one commit."""

    def __init__(self, purl, pin, registry):
        self.purl, self.pin, self.registry = purl, pin, registry
        self.ecosystem, _, rest = purl.removeprefix("pkg:").partition("/")
        name, _, self.version = rest.rpartition("@")
        self.name, self.version = urllib.parse.unquote(name), urllib.parse.unquote(self.version)
        self.resolution = pin["resolution"]
        self.source = self.resolution["source"]
        self.commit, self.tag = self.source["commit"], self.source.get("tag")
        self.folder = self.source.get("subdirectory", "")
        self.artifact = pin["artifact"]

    @property
    def artifact_path(self):
        """Where the artifact is: relative to the registry, or an address."""
        if "url" in self.artifact:
            return self.artifact["url"]
        return f"{self.name}/-/{self.name.rpartition('/')[2]}-{self.version}.tgz"

    def evidence(self, kind):
        """The facts of one kind."""
        return [fact for fact in self.resolution["evidence"] if fact["kind"] == kind]

    def place(self, path):
        """Where a file of the artifact should lie in the repository."""
        return f"{self.folder}/{path}" if self.folder else path


def read(path):
    """The claims of tier B in a lockfile."""
    with open(path, encoding="utf-8") as file:
        lock = json.load(file)
    if lock["version"] != 1:
        raise ValueError(f"{path} is of version {lock['version']}, which is not known here")
    pins = {**lock["packages"], **lock.get("leftOut", {})}
    proved = {purl: pin for purl, pin in pins.items() if (pin.get("resolution") or {}).get("tier") == "B"}
    # A git dependency has no artifact that could be another.
    return [Claim(purl, pin, lock["registry"]) for purl, pin in proved.items() if "artifact" in pin]
