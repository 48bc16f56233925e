"""Finds the doors of the house as people do: as each role, along the links, noting pages and forms."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import lxml.html
from django.test import Client
from django.urls import Resolver404, resolve

HERE = "http://testserver"
HTML = "text/html"
# They end the walk, or stay open, or give the language away.
AVOIDED = {"sign_out", "account_logout", "set_language"}
FILLED = {
    "number": "1",
    "date": "2026-11-20",
    "datetime-local": "2026-11-20T08:00",
    "email": "a@b.example",
    "url": "https://example.org/a",
}


@dataclass(frozen=True, slots=True)
class Form:
    """One form as it stands on a page: where it leads, what it holds when filled in with care."""

    name: str
    address: str
    role: str
    values: dict[str, str]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page and the parameters that its links and filters know."""

    name: str
    address: str
    role: str
    parameters: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Doors:
    """What was found, each once: a form by its address and fields, a page by its name."""

    forms: dict[tuple[str, tuple[str, ...]], Form] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def walk(self, client: Client, role: str, start: str = "/") -> None:
        """Follow every link from ``start``, one address for each name."""
        todo, seen = deque([start]), set[str]()
        while todo:
            address = todo.popleft()
            name = name_of(address)
            if not name or name in seen or name in AVOIDED or "live" in name:
                continue
            seen.add(name)
            answer = client.get(address)
            if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith(HTML):
                b"".join(answer)
                continue
            page = self.pages.setdefault(name, Page(name, urlsplit(address).path, role))
            document: Any = lxml.html.fromstring(answer.content)
            document.make_links_absolute(HERE + address)
            for form in document.forms:
                self._note(form, page, role)
            for link in _links(document):
                page.parameters.update(_parameters(link, name))
                todo.append(link)

    def _note(self, form: Any, page: Page, role: str) -> None:
        address = (form.get("action") or HERE + page.address).removeprefix(HERE).split("#")[0]
        named = [one for one in form.inputs if one.name and one.name != "csrfmiddlewaretoken"]
        if form.method == "GET":
            page.parameters.update(one.name for one in named)
            return
        name = name_of(address)
        if not name or name in AVOIDED:
            return
        files = tuple(one.name for one in named if one.get("type") == "file")
        values = {one.name: _filled(one) for one in named if one.name not in files}
        key = (name, tuple(sorted(values)))
        self.forms.setdefault(key, Form(name, address, role, values, files))


def name_of(address: str) -> str:
    """The name of the view at an address, empty where there is none."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def _links(document: Any) -> Iterator[str]:
    for _element, attribute, link, _place in document.iterlinks():
        if attribute == "href" and link.startswith(HERE + "/"):
            yield link.removeprefix(HERE).split("#")[0]


def _parameters(link: str, name: str) -> set[str]:
    """The parameters of a link that leads to the same page."""
    query = urlsplit(link).query
    return {key for key, _ in parse_qsl(query)} if query and name_of(link) == name else set()


def _filled(element: Any) -> str:
    """What stands in a field, or what a careful person would write into it."""
    if element.tag == "select":
        options = [option for option in element.value_options if option]
        return str(element.value or (options[0] if options else ""))
    if element.get("type") == "checkbox":
        return str(element.get("value") or "on")
    return str(element.value or FILLED.get(element.get("type") or "", "甲"))
