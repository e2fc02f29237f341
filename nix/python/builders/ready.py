# SPDX-License-Identifier: MIT OR Apache-2.0
"""Lays out a wheel that somebody else built."""

import os
import shutil

import tags
import wheelfile
from common import config, main


def run():
    settings = config()
    dist = os.environ["dist"]
    os.makedirs(dist)
    # The store does not have all names that wheels have.
    at = os.path.join(dist, settings["file"])
    shutil.copyfile(settings["source"], at)
    wheel = wheelfile.Wheel(at)
    version = wheelfile.own_version(wheel, settings)
    wheel.check(settings["name"], version, settings["upperBounds"], tags.libc(settings["libc"]))
    wheelfile.lay_out(wheel, os.environ["out"], settings["sitePackages"])


if __name__ == "__main__":
    main(os.environ.get("title", "a package"), run)
