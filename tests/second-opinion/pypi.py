"""Python: every file of the source archive (or of the wheel, where there is none) is the commit's; what packing adds, and
what nothing imports, builds or runs, is not."""

import configparser
import email.parser
import posixpath
import re
import tomllib

import literal
import names
from repositories import blob_id

BUILD_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
# Backends that read no setup.py.
LEAVES_SETUP = ("poetry", "flit", "pdm", "hatchling")


def kind(claim):
    """How the artifact is packed."""
    return "wheel" if claim.artifact_path.endswith(".whl") else "sdist"


def check(claim, contents, repository, tree):
    """Yields what cannot be confirmed."""
    if claim.resolution["class"] not in ("verbatim", "near"):
        yield f"is of the class {claim.resolution['class']}, which proves nothing"
    yield from _metadata(claim, contents)
    build = {name: repository.text(claim.commit, claim.place(name)) for name in BUILD_FILES}
    if not any(text is not None for text in build.values()):
        yield f"the commit has no project in {claim.folder or 'its root'}"
        return
    yield from _declared(claim, build)

    files = {path: file for path, file in contents.files.items() if not names.is_python_metadata(path)}
    root = _root(claim, files, tree)
    place = {path: posixpath.join(root, path) for path in files}
    regular = {path: tree[at][1] for path, at in place.items() if tree.get(at, ("",))[0] in ("100644", "100755")}
    identical = repository.same({path: (blob, files[path][0]) for path, blob in regular.items()})
    found = Found(claim, contents.files, build, {blob for mode, blob in tree.values() if mode != "120000"})
    for path in set(files) - set(regular):
        # A link of the commit, or a folder of it that is one.
        led = repository.led(claim.commit, place[path])
        if led == files[path][0]:
            identical.add(path)
        elif led is not None:
            regular[path] = None
    for path in set(files) - identical:
        if why := found.explain(path, *files[path], is_committed=path in regular):
            yield why
    for path in contents.links:
        if not names.is_python_metadata(path):
            yield f"{path} is a link in the archive: what it means depends on who unpacks it"
    if not any(files[path][0] and names.is_run(path) for path in identical):
        yield "not one file that Python runs is the commit's"
    for fact in claim.evidence("correspondence"):
        if fact["total"] != len(files):
            yield f"{fact['total']} files are said to be compared; it is {len(files)}"
        if fact["matched"] < len(identical):
            yield f"{fact['matched']} files are said to match; it is {len(identical)} or more"


def _same_name(left, right):
    plain = lambda name: re.sub(r"[-_.]+", "-", name).lower()
    return plain(left) == plain(right)


def _metadata(claim, contents):
    """The name and the version that the archive itself states."""
    paths = [path for path in contents.files if path == "PKG-INFO" or re.fullmatch(r"[^/]+\.dist-info/METADATA", path)]
    if len(paths) != 1:
        yield f"has {len(paths)} files of metadata"
        return
    headers = email.parser.BytesHeaderParser().parsebytes(contents.files[paths[0]][0])
    name, version = str(headers["Name"]), str(headers["Version"])
    if not _same_name(name, claim.name) or not literal.same_version(version, claim.version):
        yield f"{paths[0]} is of {name} {version}"


def _toml(text):
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError:
        return {}


def _cfg(text):
    sections = configparser.RawConfigParser(strict=False)
    try:
        sections.read_string(text or "")
    except configparser.Error:
        return None
    return {
        name: {
            key: [line.strip() for line in (value or "").splitlines() if line.strip()]
            for key, value in sections[name].items()
        }
        for name in sections.sections()
    }


def _declared(claim, build):
    """The name and the version that the commit declares, where it does."""
    document = _toml(build["pyproject.toml"])
    poetry = document.get("tool", {}).get("poetry", {})
    project = document.get("project", {})
    metadata = (_cfg(build["setup.cfg"]) or {}).get("metadata", {})
    call = (build["setup.py"] or "").rpartition("setup(")[2]
    arguments = dict(
        re.findall(r"(?m)(?:^|[\s(,])(name|version)\s*=\s*['\"]([^'\"\n{}%]+)['\"]\s*(?=[,)\n]|$)", call)[::-1]
    )
    cfg = {key: "".join(metadata.get(key, [])) for key in ("name", "version")}
    if cfg["version"].startswith(("attr:", "file:")):
        cfg["version"] = ""
    name = project.get("name") or poetry.get("name") or cfg["name"] or arguments.get("name")
    version = project.get("version") or poetry.get("version") or cfg["version"] or arguments.get("version")
    if name and not _same_name(name, claim.name):
        yield f"the commit's project is {name}"
    quoted = re.findall(r"['\"]([A-Za-z0-9][\w.-]*)['\"]", build["setup.py"] or "")
    flit = document.get("tool", {}).get("flit", {}).get("metadata", {})
    others = [*quoted, claim.source["repository"].rpartition("/")[2], *map(str, flit.values())]
    if not name and not any(_same_name(other, claim.name) for other in others):
        yield f"nothing in the repository says that it is {claim.name}"
    placeholder = re.fullmatch(r"0(\.0)*|0\.0\.0.*|0\+.*|.*[{$@%].*", version or "0")
    if not placeholder and not literal.same_version(version, claim.version):
        yield f"the commit's version is {version}"


def _root(claim, files, tree):
    """What the artifact's paths are below: the project's folder; of a wheel, perhaps a folder in it."""
    if kind(claim) == "sdist":
        return claim.folder
    roots = {}
    for path, (data, _) in files.items():
        for other in tree:
            if data and (other == path or other.endswith("/" + path)) and other.startswith(claim.folder):
                root = other[: -len(path)].rstrip("/")
                roots[root] = roots.get(root, 0) + 1
    return max(roots, key=lambda root: (roots[root], -len(root)), default=claim.folder)


class Found:
    """What may be in an archive and not in the commit."""

    def __init__(self, claim, files, build, everywhere):
        self.claim, self.files, self.build, self.everywhere = claim, files, build, everywhere
        self.version_files = set(_version_files(_toml(build["pyproject.toml"])))

    def explain(self, path, data, executable, is_committed):
        """What is wrong with a file that is not the commit's; None where it does nothing."""
        if path == "setup.cfg" and self._is_rewritten(data):
            return None
        if names.is_document(path, data, executable) or names.is_litter(path, self.files):
            return None
        if (names.is_version(path) or path in self.version_files) and not executable and self._says_version(path, data):
            return None
        if path == "pyproject.toml" and is_committed and self._is_same_toml(data):
            return None
        if is_committed:
            return f"{path} is another file in the commit"
        harmless = names.is_media(path) and blob_id(data) in self.everywhere
        if not data or names.is_rendered(path) or harmless or path == "setup.py" and self._is_for_old_tools(data):
            return None
        return f"{path} is not in the commit"

    def _says_version(self, path, data):
        text = data.decode(errors="replace")
        if path.endswith(".py"):
            return literal.is_version_module(text, self.claim.version)
        return literal.is_version_text(text, self.claim.version)

    def _is_rewritten(self, data):
        """setup.cfg as setuptools writes it anew."""
        text = data.decode(errors="replace")
        ours, theirs = _cfg(self.build["setup.cfg"]), _cfg(text)
        if ours is None or theirs is None or "\r" in text.replace("\r\n", "\n"):
            return False
        for sections in (ours, theirs):
            info = sections.get("egg_info", {})
            for key in ("tag_build", "tag_date", "tag_svn_revision"):
                if (
                    all(re.fullmatch(r"[\w.+-]*", line, re.ASCII) for line in info.get(key, []))
                    and len(info.get(key, [])) < 2
                ):
                    info.pop(key, None)
            for name in [name for name, keys in sections.items() if not keys]:
                del sections[name]
        return ours == theirs

    def _is_same_toml(self, data):
        """pyproject.toml as PDM writes it anew."""
        ours, theirs = _toml(self.build["pyproject.toml"]), _toml(data.decode(errors="replace"))
        # The version that the commit leaves to the build.
        project = theirs.get("project", {})
        if "version" in (ours.get("project", {}).get("dynamic") or []):
            if not literal.same_version(str(project.pop("version", "")), self.claim.version):
                return False
            dynamic = [one for one in ours["project"].pop("dynamic") if one != "version"]
            if dynamic != project.pop("dynamic", []):
                return False
        return bool(ours) and ours == theirs

    def _is_for_old_tools(self, data):
        document = _toml(self.build["pyproject.toml"])
        backend = str(document.get("build-system", {}).get("build-backend", ""))
        own = self.files.get("pyproject.toml", (b"", False))[0].decode(errors="replace")
        same = own == self.build["pyproject.toml"]
        return (
            same
            and backend.startswith(LEAVES_SETUP)
            and literal.is_setup_of_literals(data.decode(errors="replace"), self.files)
        )


def _version_files(document):
    """What the commit's own pyproject.toml says is written with the version."""
    tool = document.get("tool", {})
    scm, pdm = tool.get("setuptools_scm", {}), tool.get("pdm", {}).get("version", {})
    vcs = tool.get("hatch", {}).get("build", {}).get("hooks", {}).get("vcs", {})
    said = [scm.get("version_file"), scm.get("write_to"), vcs.get("version-file"), pdm.get("write_to")]
    return [one for one in said if isinstance(one, str)]
