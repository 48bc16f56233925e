"""Verbs on organisations."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as WrongNumber

from jinmai.core.access.entries import ORGANISATION_ADDED, OrganisationAdded
from jinmai.core.access.models import Organisation
from jinmai.core.access.services.people import Actor, key_of_actor
from jinmai.core.access.services.refusal import Refused
from jinmai.core.ledger.api import append


def add_organisation(  # noqa: PLR0913 - the fields of an organisation, each by its name
    *,
    actor: Actor,
    code: str,
    name_zh: str,
    name_en: str,
    kind: str,
    district: str = "",
    illustrative: bool = False,
) -> Organisation:
    """Add an organisation whose staff may then sign in. Its code must have the right check digit."""
    try:
        code = uscc.validate(code)
    except WrongNumber as error:
        raise Refused(_("This is not a unified social credit code: a digit is wrong or missing.")) from error
    organisation = Organisation(
        code=code, name_zh=name_zh, name_en=name_en, kind=kind, district=district, illustrative=illustrative
    )
    try:
        organisation.full_clean()
    except ValidationError as error:
        raise Refused("; ".join(error.messages)) from error
    with transaction.atomic():
        organisation.save()
        record_organisation(actor=actor, organisation=organisation)
    return organisation


def record_organisation(*, actor: Actor, organisation: Organisation) -> None:
    """Enter an organisation as it stands; alone only for one that an earlier house kept without an entry."""
    append(
        kind=ORGANISATION_ADDED,
        subject=f"organisation:{organisation.code}",
        payload=OrganisationAdded(organisation.code, organisation.kind, organisation.district),
        actor=key_of_actor(actor),
    )
