"""``jinmai api_key create|list|revoke``: keys for machines, made by who runs this one."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.core.access.models import ApiKey, Organisation
from jinmai.core.access.services.api_keys import create_api_key, revoke_api_key
from jinmai.core.access.services.refusal import Refused

ACTOR = "command:api_key"


class Command(BaseCommand):
    """Keys of the interfaces. The secret is printed once, at ``create``, and stored nowhere."""

    help = "Make, list and revoke keys for `Authorization: Bearer`."

    def add_arguments(self, parser: CommandParser) -> None:
        """Three subcommands."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="make a key and print it once")
        create.add_argument("--scope", action="append", required=True, help="such as epcis; may be repeated")
        create.add_argument("--organisation", default="", help="its code; without it the whole city")
        create.add_argument("--name", default="", help="what the key is for")
        listing = verbs.add_parser("list", help="list the keys, never their secrets")
        revoke = verbs.add_parser("revoke", help="end a key at once")
        revoke.add_argument("key", help="its public part, as `list` shows it")
        for verb in (create, listing, revoke):
            verb.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one verb; what is refused ends with 1 and the reason."""
        del args
        try:
            answer = getattr(self, f"_{options['verb']}")(options)
        except Refused as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(orjson.dumps(answer).decode())
            return
        for row in answer if isinstance(answer, list) else [answer]:
            self.stdout.write("  ".join(f"{name} {value}" for name, value in row.items() if value != ""))

    def _create(self, options: dict[str, Any]) -> dict[str, Any]:
        organisation = None
        if code := options["organisation"]:
            organisation = Organisation.objects.filter(code=code).first()
            if organisation is None:
                raise CommandError(f"no organisation {code}")
        key, secret = create_api_key(
            actor=ACTOR, scopes=options["scope"], organisation=organisation, name=options["name"]
        )
        return {"key": secret, **_shown(key)}

    def _list(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        del options
        return [_shown(key) for key in ApiKey.objects.select_related("organisation")]

    def _revoke(self, options: dict[str, Any]) -> dict[str, Any]:
        key = ApiKey.objects.filter(public_id=options["key"]).first()
        if key is None:
            raise CommandError(f"no key {options['key']}")
        revoke_api_key(actor=ACTOR, key=key)
        return _shown(key)


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.public_id,
        "scopes": key.scopes,
        "organisation": key.organisation.code if key.organisation else "",
        "name": key.name,
        "created": key.created_at.isoformat(),
        "revoked": key.revoked_at.isoformat() if key.revoked_at else "",
    }
