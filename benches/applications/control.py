"""The control run: an application as its own package manager installs it."""

import os
import shlex
import sys
import time

import ground
import npm
import trial

import release  # of ../hundred

# For Python: what installs what the lockfile has without, and then with, what developers get; in .venv of the project's
# folder. `{lockfile}` and the programs are filled in.
PREPARE = "/usr/bin/python3 -m venv .venv"
INSTALL = {
    "uv": ("{uv} sync --frozen --no-dev --no-editable", "{uv} sync --frozen"),
    "uv pip": ("{uv} venv --quiet --clear .venv\n{uv} pip sync --python .venv/bin/python {lockfile}", None),
    "poetry": ("{poetry} install --no-interaction --only main", "{poetry} install --no-interaction"),
    "pdm": ("{pdm} use -f .venv/bin/python\n{pdm} sync --prod", "{pdm} sync --dev"),
    "pipenv": ("{pipenv} --python /usr/bin/python3 sync", "{pipenv} sync --dev"),
    "pip": (PREPARE + "\n.venv/bin/pip install --quiet -r {lockfile}", None),
}
# A package beside the lockfile's, built with what its backend asks for today.
PACKAGE = "{uv} pip install --quiet --python .venv/bin/python --no-deps ."
# One whose build imports what it runs with.
NOT_ISOLATED = "{uv} pip install --quiet --python .venv/bin/python setuptools wheel\n" + PACKAGE.removesuffix(".") + \
    "--no-build-isolation ."


def commands(application):
    """What installs the application, and what then adds the tools of development (None: nothing does)."""
    if application.ecosystem == "npm":
        return npm.commands(application)
    programs = {manager: shlex.quote(ground.program(manager)) for manager in ("uv", "poetry", "pdm", "pipenv")}
    programs["lockfile"] = shlex.quote(application.lockfile)
    install, develop = INSTALL[application.manager]
    steps = [PREPARE] if application.manager in ("poetry", "pdm") else []
    package = NOT_ISOLATED if application.not_isolated else PACKAGE
    steps += [install, *([package] if application.package else [])]
    return "\n".join(steps).format(**programs), develop and develop.format(**programs)


def environment(application, project, mirrors):
    """What managers run with: Debian's Python and Node, and a cache for all applications."""
    cache = os.path.join(ground.WORK, "caches")
    variables = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return variables | ground.git_variables(application, mirrors) | {
        "PATH": f"{os.path.dirname(ground.UV)}:{project}/.venv/bin:/usr/bin:/bin",
        "UV_PYTHON": "/usr/bin/python3",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "UV_CACHE_DIR": f"{cache}/uv",
        "PIP_CACHE_DIR": f"{cache}/pip",
        "POETRY_CACHE_DIR": f"{cache}/poetry",
        # Poetry knows no other interface of the default index than one that few mirrors have.
        "POETRY_PYPI_MIRROR_URL": release.index() + "/",
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "PDM_CACHE_DIR": f"{cache}/pdm",
        "PDM_CHECK_UPDATE": "0",
        "PIPENV_CACHE_DIR": f"{cache}/pipenv",
        "PIPENV_VENV_IN_PROJECT": "1",
        "PIPENV_NOSPIN": "1",
    } | npm.environment(application, cache)  # fmt: skip


def pin(application, project, log, mirrors):
    """Makes the lockfile of a project that keeps none; the exit code."""
    if application.pin is None:
        return 0
    return ground.run(application.pin, log, 600, project, environment(application, project, mirrors))


def reason(log):
    """The last telling line of an installer's log."""
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = [line for each in file if (line := each.strip(" \t\r\n|×├▶╰─"))]
    errors = [line for line in lines if line.lower().startswith(("error", "fatal", "failed", "unable"))]
    return npm.reason(lines) or (errors or lines or ["no output"])[-1]


def packages(application, project):
    """How many packages were installed, beside what any environment has."""
    if application.ecosystem == "npm":
        return npm.packages(project)
    names = "{one.name.lower() for one in importlib.metadata.distributions()}"
    command = f"import importlib.metadata; print(len({names} - {{'pip', 'setuptools'}}))"
    log = os.path.join(project, ".venv/count")
    code = ground.run([f"{project}/.venv/bin/python", "-c", command], log, 60)
    with open(log, encoding="utf-8") as file:
        return file.read().split()[-1] if code == 0 else "-"


def programs(application, project):
    """The folder with the programs of what was installed."""
    if application.ecosystem == "npm":
        return npm.programs(project, ground.folder(application.name, "control-bin"))
    return os.path.join(project, ".venv/bin")


def run(application, seconds, mirrors):
    """The columns of the control run."""
    log = ground.folder(application.name, "control.log")
    try:
        project = ground.clone(application, "control", mirrors)
    except RuntimeError as error:
        return {"control": "no repository", "reason": str(error)}
    variables = environment(application, project, mirrors)
    install, develop = commands(application)
    began = time.monotonic()
    code = pin(application, project, log, mirrors) or ground.run(install, log, seconds, project, variables)
    row = {"control_seconds": f"{time.monotonic() - began:.0f}"}
    if code != 0:
        why = "the clock" if code == ground.TIMEOUT else reason(log)
        return row | {"control": "not installed", "reason": f"control: {why}"}
    row["packages"] = packages(application, project)
    checks = ground.folder(application.name, "control.checks.log")
    why = trial.all_of(application, checks, [programs(application, project)], project)
    row |= {"control": "works"} if why is None else {"control": "does not work", "reason": f"control: {why}"}
    if why is None and application.tests is not None:
        row["control_tests"] = tests(application, develop, project, variables, seconds)
    return row


def tests(application, develop, project, variables, seconds):
    """What its tests say in the manager's own environment with the tools of development."""
    log = ground.folder(application.name, "control.tests.log")
    if os.path.exists(log):
        os.remove(log)
    if develop is None:
        sys.exit(f"applications: {application.name}: {application.manager} has no groups, so `tests` cannot be run")
    if ground.run(develop, log, seconds, project, variables) != 0:
        return "not installed"
    variables = variables | {"PATH": f"{project}/.venv/bin:{project}/node_modules/.bin:/usr/bin:/bin"}
    code = ground.run(application.tests, log, seconds, project, variables)
    return "ok" if code == 0 else f"failed ({'the clock' if code == ground.TIMEOUT else code})"
