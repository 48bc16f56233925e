"""A door opens where its standard wants it, and never in front of somebody else's address."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from jinmai.config.doors import door_patterns, first_segments, last_patterns, sockets_at
from jinmai.core.web.api import Manifest, Words
from jinmai.core.web.manifest import Door

WORDS = Words(zh="样例", en="sample")
URLS = "jinmai.core.web.urls"


def house(key: str, *doors: Door) -> Manifest:
    """A folder that declares doors."""
    return Manifest(key=key, name=WORDS, summary=WORDS, doors=list(doors))


def test_doors_become_addresses() -> None:
    folder = house("traceability", Door("epcis/", URLS), Door("01/", URLS))
    found = [str(resolver.pattern) for resolver in door_patterns([folder], frozenset({"log"}))]
    assert found == ["epcis/", "01/"]


@pytest.mark.parametrize("wrong", ["", "epcis", "/epcis/", "Epcis/", "<str:x>/", "a b/", "//"])
def test_a_malformed_door_is_refused(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="traceability: the door"):
        list(door_patterns([house("traceability", Door(wrong, URLS))], frozenset()))


def test_a_door_in_front_of_an_address_of_the_house_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="the door 'log/more/' hides addresses of the house"):
        list(door_patterns([house("traceability", Door("log/more/", URLS))], frozenset({"log"})))


@pytest.mark.parametrize(("one", "other"), [("01/", "01/"), ("epcis/", "epcis/v2/"), ("epcis/v2/", "epcis/")])
def test_doors_that_clash_are_refused(one: str, other: str) -> None:
    folders = [house("first", Door(one, URLS)), house("second", Door(other, URLS))]
    said = f"second: the door '{other}' clashes with '{one}' of first"
    with pytest.raises(ImproperlyConfigured, match=said):
        list(door_patterns(folders, frozenset()))


@pytest.mark.parametrize("module", ["jinmai.core.web.nothing", "nothing.at.all"])
def test_a_door_that_leads_nowhere_is_refused(module: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"leads to {module}, which is no module"):
        list(door_patterns([house("traceability", Door("epcis/", module))], frozenset()))


def test_what_is_tried_last_stands_at_the_root_and_leads_somewhere() -> None:
    folder = Manifest(key="traceability", name=WORDS, summary=WORDS, last_urls=URLS)
    assert [str(found.pattern) for found in last_patterns([house("industry"), folder])] == [""]
    wrong = Manifest(key="traceability", name=WORDS, summary=WORDS, last_urls="nothing.at.all")
    with pytest.raises(ImproperlyConfigured, match=r"traceability: last_urls is nothing\.at\.all"):
        list(last_patterns([wrong]))


def test_first_segments_look_into_what_is_included_at_the_root() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    patterns: list[URLPattern | URLResolver] = [
        path("", include([path("log/", view), re_path(r"^tiles/(?P<n>[0-9]+)$", view), path("", view)])),
        path("industry/", include([path("plants/", view)])),
        path("healthz", view),
    ]
    assert first_segments(patterns) == {"log", "tiles", "industry", "healthz"}


def test_sockets_are_led_to_the_door_they_came_to() -> None:
    folder = house("traceability", Door("epcis/", URLS, "some.application"), Door("01/", URLS))
    assert sockets_at([folder], "/epcis/queries/a/events") == "some.application"
    assert sockets_at([folder], "/01/09506000134352") == ""
    assert sockets_at([folder], "/epcis") == ""
