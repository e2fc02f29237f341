"""Whether an environment has what its packages ask for, extras included."""

import unittest

import support  # noqa: F401

from consistent import faults


def package(name, version, *requires):
    return name, [("name", name), ("version", version), *(("requires-dist", one) for one in requires)]


class Faults(unittest.TestCase):
    def faults(self, *packages, extras=None, overridden=()):
        return faults(list(packages), extras or {}, overridden)

    def test_without_extras(self):
        app = package("app", "1", "lib>=2", "gone; os_name == 'nt'", "optional; extra == 'x'")
        self.assertEqual(self.faults(app, package("lib", "2.1")), [])
        self.assertEqual(self.faults(app, package("lib", "1")), ["app: lib>=2 is asked for, lib 1 is there"])
        self.assertEqual(self.faults(app), ["app: lib>=2 is not there"])

    def test_extras_are_followed(self):
        app = package("app", "1", "runtimes[Cow_6]")
        runtimes = package("runtimes", "1", "cowsay>=6; extra == 'cow-6'", "cowsay<6; extra == 'cow-5'")
        self.assertEqual(self.faults(app, runtimes), ["runtimes[cow-6]: cowsay>=6; extra == 'cow-6' is not there"])
        self.assertEqual(self.faults(app, runtimes, package("cowsay", "6.1")), [])
        # An extra that asks for more of its own package, and of others in a circle.
        runtimes = package("runtimes", "1", "runtimes[deep]; extra == 'cow-6'", "app[back]; extra == 'deep'")
        app = package("app", "1", "runtimes[Cow_6]", "runtimes[cow-6]; extra == 'back'", "lost; extra == 'back'")
        self.assertEqual(self.faults(app, runtimes), ["app[back]: lost; extra == 'back' is not there"])

    def test_told_once(self):
        app = package("app", "1", "gone", "lost; extra != 'y'")
        said = self.faults(app, extras={"app": ["x", "y"]})
        self.assertEqual(said, ["app: gone is not there", "app: lost; extra != 'y' is not there"])

    def test_extras_of_roots(self):
        lib = package("lib", "1", "more; extra == 'x'")
        self.assertEqual(self.faults(lib, extras={"lib": ["x"], "absent": ["y"]}), ["lib[x]: more; extra == 'x' is not there"])
        self.assertEqual(self.faults(lib, extras={"lib": ["unknown"]}), [])

    def test_overridden(self):
        app = package("app", "1", "lib<2", "left-out")
        self.assertEqual(self.faults(app, package("lib", "2"), overridden=["lib", "left-out"]), [])
        self.assertEqual(self.faults(app, package("lib", "2"), overridden=["left-out"]), ["app: lib<2 is asked for, lib 2 is there"])


if __name__ == "__main__":
    unittest.main()
