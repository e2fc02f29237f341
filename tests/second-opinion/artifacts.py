"""The files that a registry serves: fetched, or out of a folder that is laid out as the registry is."""

import base64
import hashlib
import os
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT = 120


class Missing(Exception):
    """An artifact cannot be had."""


class Artifacts:
    """`registry` is an address or a folder, in the place of the one that the lockfile names; `cache` a folder."""

    def __init__(self, registry=None, cache=None):
        self.registry, self.cache = registry, cache

    def get(self, claim):
        """The bytes of a claim's artifact."""
        base = self.registry or claim.registry
        path = claim.artifact_path
        if os.path.isdir(base):
            parsed = urllib.parse.urlsplit(path)
            parts = [parsed.netloc, *urllib.parse.unquote(parsed.path).split("/")]
            return self._file(os.path.join(base, *filter(None, parts)))
        url = urllib.parse.urljoin(base if base.endswith("/") else base + "/", path)
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise Missing(f"{url} is no address of the web")
        kept = self.cache and os.path.join(self.cache, "artifacts", hashlib.sha256(url.encode()).hexdigest())
        if kept and os.path.exists(kept):
            return self._file(kept)
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                data = answer.read()
        except (OSError, urllib.error.URLError, ValueError) as error:
            raise Missing(f"{url}: {error}") from error
        if kept:
            os.makedirs(os.path.dirname(kept), exist_ok=True)
            with open(kept + ".part", "wb") as file:
                file.write(data)
            os.replace(kept + ".part", kept)
        return data

    @staticmethod
    def _file(path):
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError as error:
            raise Missing(str(error)) from error


def fits(data, integrity):
    """Whether an integrity (`sha512-...`) is that of these bytes."""
    name, _, digest = integrity.partition("-")
    if name not in ("sha1", "sha256", "sha384", "sha512"):
        return False
    return base64.b64encode(hashlib.new(name, data).digest()).decode() == digest
