"""Both languages are whole: every text of every app has its Chinese words, and each fault is found."""

from __future__ import annotations

import gettext
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "tools" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["translations"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


tool = load()
Room = Callable[..., Path]


@pytest.mark.parametrize("app", tool.apps(), ids=lambda app: app.name)
def test_every_text_of_an_app_is_said_in_chinese(app: Path) -> None:
    assert list(tool._faults(app)) == []


@pytest.mark.parametrize("app", tool.apps(), ids=lambda app: app.name)
def test_no_template_has_words_that_no_tag_translates(app: Path) -> None:
    assert [
        fault for file in sorted(app.rglob("templates/**/*.html")) for fault in tool.bare_words(file)
    ] == []


def test_one_text_has_one_form_and_the_glossarys() -> None:
    assert [*tool._two_ways(), *tool._against_glossary()] == []


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """An app with one module, one template and one catalogue."""
    app = tmp_path / "jinmai" / "room"
    (app / "templates").mkdir(parents=True)
    (app / "apps.py").touch()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "glossary.md").write_text(
        "| 中文 | English | M |\n|---|---|---|\n| 工厂 | Plant | x |\n"
    )
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "GLOSSARY", tmp_path / "docs" / "glossary.md")

    def furnish(python: str = "", template: str = "", catalogue: str = "") -> Path:
        (app / "views.py").write_text(python, encoding="utf-8")
        (app / "templates" / "page.html").write_text("{% load i18n %}" + template, encoding="utf-8")
        if catalogue:
            path = tool.catalogue_path(app)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(tool.HEAD + catalogue, encoding="utf-8")
        return app

    return furnish


def test_texts_are_found_in_python_and_in_templates(room: Room) -> None:
    app = room(
        '_("One")\ngettext_lazy("Two")\npgettext("money", "Three")\nngettext("%(n)s row", "%(n)s rows", n)\n',
        '{% translate "Four" %}{% blocktranslate trimmed with a=b %}\n Five {{ a }}\n{% endblocktranslate %}'
        '{% translate "Day" context "theme" %}{% firstof x _("Six") %}'
        "{% blocktranslate count n=n %}{{ n }} plant{% plural %}{{ n }} plants{% endblocktranslate %}",
    )
    assert {(text.context, text.source, text.plural) for text in tool.texts(app).values()} == {
        ("", "One", ""),
        ("", "Two", ""),
        ("money", "Three", ""),
        ("", "%(n)s row", "%(n)s rows"),
        ("", "Four", ""),
        ("", "Five %(a)s", ""),
        ("theme", "Day", ""),
        ("", "Six", ""),
        ("", "%(n)s plant", "%(n)s plants"),
    }


@pytest.mark.parametrize(
    ("catalogue", "fault"),
    [
        ("", "missing: 'Plant %(name)s'"),
        ('msgid "Plant %(name)s"\nmsgstr ""\n', "not translated: 'Plant %(name)s'"),
        ('#, fuzzy\nmsgid "Plant %(name)s"\nmsgstr "工厂 %(name)s"\n', "fuzzy: 'Plant %(name)s'"),
        ('msgid "Plant %(name)s"\nmsgstr "工厂"\n', "placeholders differ"),
        ('msgid "Plant %(name)s"\nmsgstr "工厂 %(name)s"\n\nmsgid "Gone"\nmsgstr "已无"\n', "unused: 'Gone'"),
    ],
    ids=["missing", "empty", "fuzzy", "placeholder lost", "unused"],
)
def test_each_kind_of_fault_is_found(room: Room, catalogue: str, fault: str) -> None:
    app = room('_("Plant %(name)s")', catalogue=catalogue)
    found = list(tool._faults(app))
    assert len(found) == 1
    assert fault in found[0]


def test_a_whole_catalogue_has_no_fault(room: Room) -> None:
    app = room('_("Plant %(name)s")', catalogue='msgid "Plant %(name)s"\nmsgstr "工厂 %(name)s"\n')
    assert list(tool._faults(app)) == []


def test_a_term_against_the_glossary_is_refused(room: Room) -> None:
    room('_("plant")', catalogue='msgid "plant"\nmsgstr "厂子"\n')
    assert len(list(tool._against_glossary())) == 1


@pytest.mark.parametrize(
    ("template", "faults"),
    [
        ("<p>Good morning</p>", 1),
        ("<p>早上好</p>", 1),
        ('<button title="Go on">{% translate "Go on" %}</button>', 1),
        ('<p>{% translate "Good morning" %} {{ name }} 12 kWh</p>', 0),
        ('<p lang="en">Jinmai</p><code>make up</code><br>锦脉', 0),
    ],
)
def test_words_outside_every_tag_are_found(room: Room, template: str, faults: int) -> None:
    page = room(template=template) / "templates" / "page.html"
    assert len(list(tool.bare_words(page))) == faults


def test_extracting_keeps_what_was_translated_and_drops_what_is_gone(room: Room) -> None:
    app = room(
        '_("Kept")\n_("New")\n_("Plant")\n',
        catalogue='msgid "Kept"\nmsgstr "保留"\n\nmsgid "Gone"\nmsgstr "已无"\n',
    )
    assert tool.extract() == 0
    found = {key[1]: tool.said(message)[0] for key, message in tool.messages(tool.read(app)).items()}
    assert found == {"Kept": "保留", "New": "", "Plant": "工厂"}
    first = tool.catalogue_path(app).read_bytes()
    tool.extract()
    assert tool.catalogue_path(app).read_bytes() == first


def test_a_compiled_catalogue_is_read_by_gettext(room: Room) -> None:
    app = room('_("Plant")', catalogue='msgid "Plant"\nmsgstr "工厂"\n')
    tool.compile_all()
    with tool.catalogue_path(app).with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Plant") == "工厂"
