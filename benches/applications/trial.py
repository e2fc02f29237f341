"""Whether an application works: its checks, each in an empty folder that is its home, too."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

import ground

SECONDS = 120


def environment(home, folders, project, port):
    """All that a check's command sees: nothing of the caller's."""
    return {
        "HOME": home,
        "PATH": ":".join([*folders, "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "PROJECT": project,
        "PORT": str(port),
    }


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def ask(port, check):
    """The status and the page, as `answers` sees them; None where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        if check.post is None:
            connection.request("GET", check.path)
        else:
            headers = dict(re.split(r":\s*", header, maxsplit=1) for header in check.post)
            connection.request("POST", check.path, body="{}", headers=headers)
        answer = connection.getresponse()
        return f"{answer.status}\n{answer.read().decode(errors='replace')}"
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def serve(check, log, home, variables):
    """Starts the server and asks it until it answers: the answer, or why there is none."""
    with open(log, "a", encoding="utf-8") as file:
        server = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", check.command], cwd=home, env=variables, stdin=subprocess.DEVNULL,
            stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if (answer := ask(int(variables["PORT"]), check)) is not None:
                return answer, None
            if server.poll() is not None:
                return "", f"the server ended with {server.returncode}"
            time.sleep(0.5)
        return "", f"no answer within {SECONDS} s"
    finally:
        ground.end(server)


def told(lines):
    """The line of a log that says most: the last that is not empty, but of a Node that ended so that of its error."""
    said = [line.strip() for line in lines if line.strip()]
    errors = [line for line in said if re.match(r"\w*Error\b", line)]
    if said and errors and re.fullmatch(r"Node\.js v[\d.]+", said[-1]):
        return errors[-1]
    return said[-1] if said else "no output"


def one(check, log, folders, project):
    """None where the check holds, else why not."""
    home = tempfile.mkdtemp(prefix="headwater-home-")
    variables = environment(home, folders, project, free_port())
    try:
        if check.path is not None:
            with open(log, "a", encoding="utf-8") as file:
                print(f"$ {check.command}", file=file)
            begin = os.path.getsize(log)
            output, why = serve(check, log, home, variables)
        else:
            begin = os.path.getsize(log) if os.path.exists(log) else 0
            code = ground.run(check.command, log, SECONDS, cwd=home, environment=variables)
            why = None if code == 0 else f"exit {code}"
            output = text_of(log, begin).partition("\n")[2]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if why is None:
        return None if check.expected.search(output) else f"unexpected: {told(output.splitlines())}"
    return f"{why}: {told(text_of(log, begin).splitlines())}"


def text_of(log, begin):
    """A log from a position on."""
    with open(log, "rb") as file:
        file.seek(begin)
        return file.read().decode(errors="replace")


def all_of(application, log, folders, project):
    """None where it works, else the first reason why not."""
    if os.path.exists(log):
        os.remove(log)
    for check in application.works:
        if (why := one(check, log, folders, project)) is not None:
            return why
    return None
