"""Unpacks a wheel: `unpack.py WHEEL OUT SITE_PACKAGES`."""

import importlib.metadata
import os
import shutil
import sys
import zipfile

wheel, out, site_packages = sys.argv[1:]
site = os.path.join(out, site_packages)
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(site)
(own,) = importlib.metadata.distributions(path=[site])
programs = os.path.join(out, "bin")
os.makedirs(programs)
for point in own.entry_points.select(group="console_scripts"):
    called = point.attr or "main"
    with open(f"{programs}/{point.name}", "w") as file:
        file.write(f"#!{sys.executable}\nimport sys\nfrom {point.module} import {called.partition('.')[0]}\nsys.exit({called}())\n")
for data in (one for one in os.listdir(site) if one.endswith(".data")):
    for kind in os.listdir(f"{site}/{data}"):
        to = {"scripts": programs, "purelib": site, "platlib": site, "data": out}.get(kind)
        if to:
            shutil.copytree(f"{site}/{data}/{kind}", to, dirs_exist_ok=True)
for program in os.listdir(programs):
    path = f"{programs}/{program}"
    with open(path, "rb") as file:
        text = file.read()
    if text.startswith(b"#!python"):
        with open(path, "wb") as file:
            file.write(b"#!" + sys.executable.encode() + b"\n" + text.partition(b"\n")[2])
    os.chmod(path, 0o755)
