"""
A build backend for tests, which builds itself: modules at the top of the source, one table in pyproject.toml.
"""

import base64, hashlib, os, subprocess, sys, sysconfig, time, tomllib, zipfile

def table():
    with open("pyproject.toml", "rb") as file:
        return tomllib.load(file)

def get_requires_for_build_wheel(config_settings=None):
    return table().get("tool", {}).get("tiny", {}).get("requires", [])

def build_wheel(directory, config_settings=None, metadata_directory=None):
    project, tiny = table()["project"], table().get("tool", {}).get("tiny", {})
    if "TINY_FAILS" in os.environ:
        sys.exit(os.environ["TINY_FAILS"])
    for line in tiny.get("run", []):
        exec(line)
    stem = "{}-{}".format(project["name"].replace("-", "_"), tiny.get("claim", os.environ["PDM_BUILD_SCM_VERSION"]))
    info, tag, files = stem + ".dist-info", "py3-none-any", {}
    for module in tiny.get("modules", []):
        files[module] = open(module, "rb").read()
    for source in tiny.get("extensions", []):
        suffix = sysconfig.get_config_var("EXT_SUFFIX")
        built = source.removesuffix(".c") + suffix
        include = "-I" + sysconfig.get_path("include")
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", include, source, "-o", built], check=True)
        files[built] = open(built, "rb").read()
        tag = "cp{0}{1}-cp{0}{1}-{2}".format(*sys.version_info[:2], sysconfig.get_platform().replace("-", "_"))
    scripts = project.get("scripts", {})
    lines = ["Metadata-Version: " + tiny.get("metadata", "2.1"), "Name: " + project["name"], "Version: " + stem.rsplit("-", 1)[1]]
    lines += ["Requires-Dist: " + one for one in project.get("dependencies", [])]
    files[info + "/METADATA"] = "\n".join(lines).encode() + b"\n"
    files[info + "/WHEEL"] = "Wheel-Version: 1.0\nGenerator: {}\nRoot-Is-Purelib: true\nTag: {}\n".format(tiny.get("generator", "tiny 1"), tag).encode()
    if scripts:
        entries = "".join("{} = {}\n".format(*item) for item in scripts.items())
        files[info + "/entry_points.txt"] = ("[console_scripts]\n" + entries).encode()
    record = info + "/RECORD"
    digest = lambda data: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    lines = ["{},sha256={},{}\n".format(n, digest(d), len(d)) for n, d in files.items()]
    files[record] = ("".join(lines) + record + ",,\n").encode()
    name = "{}-{}.whl".format(stem, tag)
    epoch = int(tiny.get("epoch") or os.environ.get("SOURCE_DATE_EPOCH", "315532800"))
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, time.gmtime(epoch)[:6]), data)
    return name
