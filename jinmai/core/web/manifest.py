"""What a folder declares about itself: the schema of ``manifest.toml``.

A manifest is the whole surface by which a system meets the house: its names, its navigation, the
long processes that ``jinmai up`` starts, the jobs that the worker runs, the tiles it shows on the
portal. Unknown keys are refused, so a typing error is found at the start and not at night.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec


class ManifestError(Exception):
    """A manifest that cannot be read; the message names the file and the key."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One phrase in both languages of the house."""

    zh: str
    en: str

    def spoken(self, language: str) -> str:
        """The phrase for a language code such as ``zh-hans`` or ``en``."""
        return self.zh if language.startswith("zh") else self.en


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of the navigation, shown to those who hold ``permission`` anywhere (empty: to all)."""

    url: str
    label: Words
    icon: str = "dot"
    permission: str = ""


class Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A long-running command that ``jinmai up`` starts and keeps alive.

    ``part`` is its name in ``/healthz``. ``switch`` names a condition under which it runs: empty for
    always, ``simulator`` unless ``--no-simulator``, ``embedded-broker`` unless a broker is configured.
    ``order`` starts lower numbers first.
    """

    part: str
    command: list[str]
    switch: str = ""
    order: int = 50


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A periodic job: a dotted path to a function without arguments, run by the worker.

    Jobs of a room run one after the other, but for those with a ``lane`` of their own: they wait for others.
    """

    name: str
    run: str
    every_seconds: int
    lane: str = ""


class Tile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A living number on the portal or the big screen: a dotted path to a function that gives it."""

    name: str
    show: str
    on: tuple[str, ...] = ("portal",)
    order: int = 50


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A panel on the page of a party: a dotted path to a function of the party and the reader."""

    name: str
    show: str
    title: Words
    order: int = 50


class FieldDeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that people do away from a desk, on a phone that may have no network: see ``core/fieldwork``.

    ``form`` is the dotted path to a Django form made with ``user=``, ``run`` to the function that does it.
    ``scan`` says how many codes make one deed; with ``keep`` the other fields stay for the next scan.
    """

    key: str
    title: Words
    lead: Words
    permission: str
    form: str
    run: str
    icon: str = "qr"
    scan: Literal["one", "many"] = "one"
    keep: bool = False


Scope = Literal["own", "district", "city"]
"""How far a permission reaches: the organisation that the role is held in, its district, the whole city."""


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role that people may hold in an organisation, and the permissions that it carries.

    ``scope`` is how far its permissions reach where a grant says nothing else. ``kinds`` are the kinds of
    organisation in which it can be held (empty: any). A ``separated`` role runs the machine: it takes
    permissions from core folders only and its holder can hold no other role. A role that is ``given_apart``
    checks what the others do: none of them gives it or opens the account of whoever holds it.
    """

    key: str
    name: Words
    may: list[str] = []
    scope: Scope = "own"
    kinds: list[str] = []
    separated: bool = False
    given_apart: bool = False


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Permissions of this folder added to a role declared elsewhere; ``scope`` None is the role's own."""

    role: str
    may: list[str]
    scope: Scope | None = None


class Door(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses that a standard fixes, outside the folder's own: ``path`` such as ``epcis/`` or ``01/``.

    ``urls`` is the module with their patterns. ``sockets`` is the dotted path to an ASGI application that is
    given the WebSocket connections below ``path`` and admits them itself; empty refuses them.
    """

    path: str
    urls: str
    sockets: str = ""


class NoticeKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of message to people, its words as a template: ``{plant}`` is the parameter ``plant``.

    ``kind`` begins with the folder's key. ``urgent`` ones do not wait for quiet hours to end. ``channels``
    are those used where a person has chosen nothing. A ``duty`` is recorded in the ledger when it was sent.
    Where nobody has read it after ``escalate_after_seconds``, ``escalate`` (a dotted path) is called once.
    """

    kind: str
    label: Words
    title: Words
    text: Words
    icon: str = "bell"
    urgent: bool = False
    duty: bool = False
    channels: tuple[str, ...] = ("email",)
    escalate: str = ""
    escalate_after_seconds: int = 0


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One folder's declaration. ``key`` equals the folder's name.

    ``permissions`` are those that concern no object; others are declared by the folder's ``permissions.py``.
    ``entry_titles`` say what a kind of entry that it appends is called where people read of it.
    ``on_screen`` are those of them that mean something to a visitor: the hall's ticker shows no others.
    ``last_urls`` is a module of patterns that are tried at the root after all other addresses of the house.
    ``checks`` are dotted paths to functions that give what is not as the ledger was told; ``fsck`` runs them.
    ``backlogs`` are dotted paths to functions that tell how much work waits, for those who run the machine.
    ``field_codes`` are dotted paths to functions of a scanned code and its reader: what the code stands for.
    """

    key: str
    name: Words
    summary: Words
    order: int = 50
    home: str = ""
    icon: str = "dot"
    standards: list[str] = []
    appends: list[str] = []
    checks: list[str] = []
    backlogs: list[str] = []
    entry_titles: dict[str, Words] = {}
    on_screen: list[str] = []
    follows: list[str] = []
    city_files: list[str] = []
    last_urls: str = ""
    navigation: list[Link] = []
    processes: list[Process] = []
    jobs: list[Job] = []
    tiles: list[Tile] = []
    panels: list[Panel] = []
    roles: list[Role] = []
    grants: list[Grant] = []
    permissions: list[str] = []
    notices: list[NoticeKind] = []
    doors: list[Door] = []
    field_deeds: list[FieldDeed] = []
    field_codes: list[str] = []


def read_manifest(path: Path) -> Manifest:
    """Read one ``manifest.toml``; its key must be the name of the folder it lies in.

    Raises :class:`ManifestError` with the file and the place.
    """
    try:
        manifest = msgspec.toml.decode(path.read_bytes(), type=Manifest)
    except (msgspec.DecodeError, OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: {error}") from error
    if manifest.key != path.parent.name:
        raise ManifestError(f"{path}: key is {manifest.key!r}, the folder is {path.parent.name!r}")
    return manifest
