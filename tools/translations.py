"""The catalogues of the pages' words, without gettext on the machine.

``extract``  collects the English source texts of each app into its ``locale/zh_Hans/LC_MESSAGES/django.po``;
             names of apps after it (``extract web access``) leave the other apps alone
``check``    refuses texts that are missing, fuzzy, unused, translated in two ways or against the glossary,
             that lost a placeholder, and words in templates that no tag translates
``compile``  makes the ``.mo`` files that Django reads (ignored by git)

Exit codes: 0 done, 1 a catalogue is refused (reasons on stderr), 2 usage.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
LOCALE = "zh_Hans"
HEAD = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
Spec = tuple[int | tuple[int, int] | tuple[int, str], ...] | None
KEYWORDS: dict[str, dict[int | None, Spec] | Spec] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CALL = re.compile(r"\b(n?p?gettext|_)\(")
CHINESE = re.compile(r"[\u3400-\u9fff]")
# The house's own name, and the language's name for itself, stand in both languages.
CHINESE_ALLOWED = ("锦脉", "中文")
WORDS = re.compile(r"[A-Za-z]{2,}")
# Units and names of formats are the same in both languages.
UNITS = re.compile(r"\b(k|M|G)?(W|Wh|var|varh|VA)\b|\bCO[2₂]|\bkg\b|\bxlsx\b|\bMQTT\b|\bSHA-256\b|\bGB/T\b")
SPOKEN_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "content"}
SILENT_ELEMENTS = {"code", "script", "style"}

Key = tuple[str, str]  # context (empty for none) and source text


@dataclass(frozen=True)
class Text:
    """A source text of the pages: singular, plural (empty for none), context and the files it stands in."""

    source: str
    plural: str
    context: str
    files: tuple[str, ...]

    @property
    def key(self) -> Key:
        """What makes it one text."""
        return self.context, self.source


def apps() -> list[Path]:
    """Folders of the Django apps."""
    found = (path.parent for path in (ROOT / "jinmai").rglob("apps.py"))
    return sorted(path for path in found if "node_modules" not in path.parts)


def catalogue_path(app: Path) -> Path:
    """Where the app's Chinese words stand."""
    return app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def texts(app: Path) -> dict[Key, Text]:
    """All source texts of an app, in the order of their files."""
    found: dict[Key, Text] = {}
    for file in sorted(app.rglob("*")):
        if {"node_modules", "static", "tests", "migrations"} & set(file.relative_to(app).parts):
            continue
        if file.suffix == ".py":
            each = _of_python(file)
        elif file.suffix in {".html", ".txt"} and "templates" in file.parts:
            each = _of_template(file)
        else:
            continue
        name = file.relative_to(ROOT).as_posix()
        for source, plural, context in each:
            before = found.get((context, source))
            files = tuple(dict.fromkeys((*(before.files if before else ()), name)))
            many = plural or (before.plural if before else "")
            found[context, source] = Text(source, many, context, files)
    return found


def _of_python(file: Path) -> Iterator[tuple[str, str, str]]:
    with file.open("rb") as stream:
        for _, function, found, _ in extract_python(stream, KEYWORDS, [], {"encoding": "utf-8"}):
            parts: list[str | None] = [found] if isinstance(found, str) else list(found or ())
            yield from _sorted_parts(str(function), parts)


def _of_template(file: Path) -> Iterator[tuple[str, str, str]]:
    """Django turns a template into lines of calls with noise between; each call is read on its own."""
    noise = templatize(file.read_text(encoding="utf-8"), origin=str(file))
    for match in CALL.finditer(noise):
        call = _first_call(noise[match.start() :])
        if call is None:
            continue
        constants = [each.value for each in call.args if isinstance(each, ast.Constant)]
        parts = [each if isinstance(each, str) else None for each in constants]
        yield from _sorted_parts(match[1], parts)


def _first_call(code: str) -> ast.Call | None:
    for end in (place for place, letter in enumerate(code[:4000]) if letter == ")"):
        try:
            node = ast.parse(code[: end + 1], mode="eval").body
        except SyntaxError:
            continue
        return node if isinstance(node, ast.Call) else None
    return None


def _sorted_parts(function: str, parts: list[str | None]) -> Iterator[tuple[str, str, str]]:
    words = [part for part in parts if part]
    if "pgettext" in function:
        context, *words = words or [""]
    else:
        context = ""
    if words:
        yield words[0], words[1] if "ngettext" in function or "npgettext" in function else "", context


def read(app: Path) -> Catalog:
    """The app's catalogue; an empty one where there is none."""
    path = catalogue_path(app)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as stream:
        return read_po(stream, locale=LOCALE)


def messages(catalogue: Catalog) -> dict[Key, Message]:
    """Translated texts by their key."""
    found = {}
    for message in catalogue:
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[0]
            found[message.context or "", source] = message
    return found


def extract(*only: str) -> int:
    """Write each app's catalogue anew: new texts empty, unused ones gone, translations kept."""
    empty = 0
    elsewhere = _known()
    for app in (app for app in apps() if not only or app.name in only):
        sources = texts(app)
        before = messages(read(app))
        if not sources:
            catalogue_path(app).unlink(missing_ok=True)
            continue
        catalogue = Catalog(locale=LOCALE)
        for text in sources.values():
            kept = before.get(text.key)
            words = _kept(kept, text, elsewhere)
            empty += not (words[0] if text.plural else words)
            catalogue.add(
                (text.source, text.plural) if text.plural else text.source,
                words,
                locations=[(name, 0) for name in text.files],  # lines are left out: no noise
                flags=kept.flags if kept else (),
                context=text.context or None,
            )
        path = catalogue_path(app)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.write(HEAD.encode())
            write_po(stream, catalogue, omit_header=True, width=110, include_lineno=False)
    print(f"{empty} texts wait for their Chinese words")
    return 0


def _known() -> dict[Key, tuple[str, ...]]:
    """What any app says already: one text has one form, so it is taken over."""
    known: dict[Key, tuple[str, ...]] = {}
    for app in apps():
        for key, message in messages(read(app)).items():
            if any(said(message)):
                known.setdefault(key, said(message))
    return known


def _kept(
    message: Message | None, text: Text, elsewhere: dict[Key, tuple[str, ...]]
) -> str | tuple[str, ...]:
    words = said(message) if message else ("",)
    if not any(words):
        words = elsewhere.get(text.key) or (glossary().get(text.source.lower(), ""),)
    return words if text.plural else words[0]


def said(message: Message) -> tuple[str, ...]:
    """The Chinese words: one form, and one for the plural too."""
    if isinstance(message.string, list | tuple):
        return tuple(message.string)
    return (message.string or "",)


def check() -> int:
    """Print every fault; 1 if there is any."""
    faults = [fault for app in apps() for fault in _faults(app)]
    faults += list(_two_ways()) + list(_against_glossary())
    templates = [file for app in apps() for file in sorted(app.rglob("templates/**/*.html"))]
    faults += [fault for file in templates for fault in bare_words(file)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{sum(len(texts(app)) for app in apps())} texts, {len(faults)} faults")
    return 1 if faults else 0


def _faults(app: Path) -> Iterator[str]:
    name = catalogue_path(app).relative_to(ROOT).as_posix()
    sources, translated = texts(app), messages(read(app))
    for key, text in sources.items():
        message = translated.get(key)
        if message is None:
            yield f"{name}: missing: {text.source!r} ({text.files[0]})"
            continue
        words = "".join(said(message))
        if not words.strip():
            yield f"{name}: not translated: {text.source!r}"
        elif message.fuzzy:
            yield f"{name}: fuzzy: {text.source!r}"
        elif _placeholders(words) != _placeholders(text.plural or text.source):
            yield f"{name}: placeholders differ: {text.source!r} and {words!r}"
        if CHINESE.search(text.source):
            yield f"{name}: the source text must be English: {text.source!r}"
    for key in translated.keys() - sources.keys():
        yield f"{name}: unused: {key[1]!r}"


def _placeholders(words: str) -> list[str]:
    return sorted(set(re.findall(r"%\(\w+\)[sdf]|\{\w*\}", words)))


def _two_ways() -> Iterator[str]:
    """Django lays all catalogues together, so one text can have one translation only."""
    known: dict[Key, tuple[str, tuple[str, ...]]] = {}
    for app in apps():
        for key, message in messages(read(app)).items():
            words = said(message)
            other, there = known.setdefault(key, (app.name, words))
            if there != words and any(there) and any(words):
                yield f"{key[1]!r}: {there} in {other}, {words} in {app.name}; one text has one form"


def glossary() -> dict[str, str]:
    """English term in lower case -> Chinese term."""
    rows = re.findall(r"^\| *([^|]+?) *\| *([^|]+?) *\|", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        english.lower(): chinese
        for chinese, english in rows
        if english != "English" and CHINESE.search(chinese)
    }


def _against_glossary() -> Iterator[str]:
    terms = glossary()
    for app in apps():
        for (context, source), message in messages(read(app)).items():
            wanted = terms.get(source.lower())
            if wanted and not context and said(message)[0] not in {wanted, ""}:
                yield f"{app.name}: {source!r} is {wanted!r} in docs/glossary.md, not {said(message)[0]!r}"


class _Bare(HTMLParser):
    """Collects words that stand in a template outside every translating tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        foreign = tag in SILENT_ELEMENTS or ("lang" in values and tag != "html")
        self._silent += bool(foreign or self._silent) and tag not in {"meta", "link", "input", "br", "img"}
        if tag != "meta":
            self.found += [
                said for name, said in attrs if name in SPOKEN_ATTRIBUTES and said and _speaks(said)
            ]

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._silent -= bool(self._silent)

    def handle_data(self, data: str) -> None:
        if not self._silent and _speaks(data):
            self.found.append(data.strip())


def _speaks(words: str) -> bool:
    for allowed in CHINESE_ALLOWED:
        words = words.replace(allowed, "")
    words = UNITS.sub("", words)
    return bool(CHINESE.search(words) or WORDS.search(words))


def bare_words(file: Path) -> Iterator[str]:
    """Words of a template that no tag translates. ``<code>`` and elements with ``lang`` are left alone."""
    source = file.read_text(encoding="utf-8")
    for pattern in (
        r"\{% *blocktrans.*?endblocktrans\w* *%\}",
        r"\{% *comment.*?endcomment *%\}",
        r"\{#.*?#\}",
        r"\{%.*?%\}",
        r"\{\{.*?\}\}",
    ):
        source = re.sub(pattern, " ", source, flags=re.DOTALL)
    parser = _Bare()
    parser.feed(source)
    for words in parser.found:
        yield f"{file.relative_to(ROOT).as_posix()}: no tag translates {words[:60]!r}"


def compile_all() -> int:
    """Make the ``.mo`` file beside each catalogue."""
    for app in apps():
        path = catalogue_path(app)
        if path.exists():
            with path.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, read(app))
    return 0


def main() -> int:
    """Run the step that the argument names."""
    match sys.argv[1:]:
        case ["extract", *names]:
            return extract(*names)
        case ["check"]:
            return check()
        case ["compile"]:
            return compile_all()
    print("usage: translations.py extract [APP …] | check | compile", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
