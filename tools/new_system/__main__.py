"""``make system NAME=helpdesk ZH=诉求办结 EN=Helpdesk``: a new system that passes every check.

The folder has the shape of its neighbours, with one table, one verb, one page and their tests; rename and
go on from there (docs/development/new-system.md).
"""

from __future__ import annotations

import argparse
import keyword
import os
import re
import subprocess
import sys
from pathlib import Path
from string import Template

TEMPLATE = Path(__file__).resolve().parent / "template"
# What the template says in English, and how the city says it.
WORDS = {
    "No records yet": "暂无记录",
    "Opened": "开始时间",
    "Organisation": "单位",
    "Records": "记录",
    "State": "状态",
    "Title": "标题",
    "What is opened for your organisation will stand here.": "为本单位建立的记录会出现在这里。",
    "closed": "已关闭",
    "district": "县（市）区",
    "open": "未关闭",
    "opened": "开始时间",
    "record": "记录",
    "records": "记录",
    "state": "状态",
    "title": "标题",
}


def main() -> None:
    """Make the folder, its first migration, its catalogue and its part of the access matrix."""
    parser = argparse.ArgumentParser(description="Make a new system below jinmai/systems.")
    parser.add_argument("name", help="folder name: lower case letters, the field's own term")
    parser.add_argument("--zh", default="", help="Chinese name")
    parser.add_argument("--en", default="", help="English name")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the checkout (default: this folder)")
    given = parser.parse_args()
    if not re.fullmatch(r"[a-z][a-z0-9]{1,29}", given.name) or keyword.iskeyword(given.name):
        raise SystemExit(f"{given.name!r}: a name is 2 to 30 lower case letters and digits")
    folder = given.root / "jinmai" / "systems" / given.name
    if folder.exists():
        raise SystemExit(f"{folder} exists already")
    english = given.en or given.name.capitalize()
    write(folder, given.name, given.zh or english, english)
    finish(given.root, given.name)
    print(f"{folder} stands. Next: rename its table, say what it is for in README.md, make lint, make test.")


def write(folder: Path, name: str, title_zh: str, title_en: str) -> None:
    """Fill the template; ``$name`` and its siblings become the system's own."""
    values = {"name": name, "class_name": name.capitalize(), "title_zh": title_zh, "title_en": title_en}
    for source in sorted(TEMPLATE.rglob("*.txt")):
        path = folder / str(source.relative_to(TEMPLATE)).removesuffix(".txt").replace("NAME", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(source.read_text(encoding="utf-8")).substitute(values), encoding="utf-8")


def finish(root: Path, name: str) -> None:
    """What the house's own tools make: migration, catalogue, matrix."""
    run(root, "-m", "ruff", "format", "--quiet", f"jinmai/systems/{name}")
    run(root, "-m", "jinmai", "makemigrations", name, "--name", "first_tables", "--verbosity", "0")
    run(root, "tools/translations.py", "extract", name)
    catalogue = root / "jinmai/systems" / name / "locale/zh_Hans/LC_MESSAGES/django.po"
    text = catalogue.read_text(encoding="utf-8")
    for english, chinese in WORDS.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{chinese}"')
    catalogue.write_text(text, encoding="utf-8")
    matrix = run(root, "-m", "jinmai", "access_matrix", name)
    says = f"# Who may do what here. `jinmai access_matrix {name}` prints it as enforced.\n\n"
    (root / "jinmai/systems" / name / "tests/access_matrix.toml").write_text(says + matrix, encoding="utf-8")


def run(root: Path, *arguments: str) -> str:
    """Run a command of the house in its checkout; what it says on standard output."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(  # noqa: S603 - our own command lines
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr or done.stdout}")
    return done.stdout


if __name__ == "__main__":
    main()
