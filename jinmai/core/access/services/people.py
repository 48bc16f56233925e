"""Verbs on people and their roles."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from jinmai.core.access.entries import (
    PASSWORD_ISSUED,
    PERSON_ADDED,
    PERSON_DISABLED,
    PERSON_ENABLED,
    ROLE_GIVEN,
    ROLE_TAKEN,
    SECOND_FACTOR_REMOVED,
    PersonChanged,
    RoleChanged,
)
from jinmai.core.access.models import Membership, Organisation, User
from jinmai.core.access.passwords import made_up_password
from jinmai.core.access.reach import forget_memberships, reach, runs_the_machine
from jinmai.core.access.roles import roles
from jinmai.core.access.services.api_keys import revoke_keys_made_by
from jinmai.core.access.services.epoch import access_changed
from jinmai.core.access.services.refusal import Refused
from jinmai.core.ledger.api import append

Actor = User | str
"""Who does it: a person, or a key such as ``command:person`` for who runs the machine."""


def add_person(  # noqa: PLR0913 - the fields of a person, each by its name
    *,
    actor: Actor,
    username: str,
    display_name: str,
    organisation: Organisation,
    role: str,
    email: str = "",
    phone: str = "",
) -> tuple[User, str]:
    """Add a person with a first role. Gives the person and the temporary password, which is shown once."""
    person = User(
        username=User.normalize_username(username), display_name=display_name, email=email, phone=phone
    )
    password = made_up_password()
    person.set_password(password)
    person.password_is_temporary = True
    with transaction.atomic():
        enter_person(actor=actor, person=person)
        _give(actor, person, organisation, role)
    return person, password


def enter_person(*, actor: Actor, person: User) -> None:
    """Keep a person who holds no role yet, such as one of the city pack. Raises :class:`Refused`."""
    try:
        person.full_clean()
    except ValidationError as error:
        raise Refused("; ".join(error.messages)) from error
    with transaction.atomic():
        person.save()
        _record(PERSON_ADDED, person, actor)


def disable_person(*, actor: Actor, person: User, reason: str) -> None:
    """Close the account, end its sessions and the API keys that it made at once. Nobody closes their own."""
    _refuse_oneself(actor, person)
    if not reason.strip():
        raise Refused(_("Say why the account is closed."))
    with transaction.atomic():
        if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            _record(PERSON_DISABLED, person, actor, reason)
            revoke_keys_made_by(person=person, actor=key_of_actor(actor))
        end_sessions(person=person)
    person.is_active = False


def enable_person(*, actor: Actor, person: User) -> None:
    """Open a closed account again."""
    _refuse_oneself(actor, person)
    with transaction.atomic():
        if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            _record(PERSON_ENABLED, person, actor)
    person.is_active = True


def issue_password(*, actor: Actor, person: User) -> str:
    """A temporary password in place of a lost one; it ends every session. Gives it, to be shown once."""
    _refuse_oneself(actor, person)
    password = made_up_password()
    with transaction.atomic():
        _refuse_foreign_account(actor, person)
        person.set_password(password)
        person.password_is_temporary = True
        person.save(update_fields=["password", "password_is_temporary"])
        end_sessions(person=person)
        _record(PASSWORD_ISSUED, person, actor)
    return password


def remove_second_factors(*, actor: Actor, person: User, reason: str) -> None:
    """Take away the second factors of somebody who lost the telephone or the passkey."""
    _refuse_oneself(actor, person)
    if not reason.strip():
        raise Refused(_("Say why the second factor is removed."))
    with transaction.atomic():
        _refuse_foreign_account(actor, person)
        Authenticator.objects.filter(user=person).delete()
        end_sessions(person=person)
        _record(SECOND_FACTOR_REMOVED, person, actor, reason)
    forget_memberships(person)


def give_role(*, actor: Actor, person: User, organisation: Organisation, role: str) -> None:
    """Let a person hold a role in an organisation; nothing happens where they hold it already.

    Refused for oneself, for a role that does not belong into this kind of organisation, where somebody would
    both run the machine and hold a role of business, and where the role is not the actor's to give. With a
    first role of business all earlier passwords and second factors end: others may know them.
    """
    with transaction.atomic():
        if _give(actor, person, organisation, role) and isinstance(actor, User):
            person.set_unusable_password()
            person.save(update_fields=["password"])
            Authenticator.objects.filter(user=person).delete()
            end_sessions(person=person)


def _give(actor: Actor, person: User, organisation: Organisation, role: str) -> bool:
    """Give a role; whether it is the first one of business that the person holds."""
    _refuse_oneself(actor, person)
    wanted = roles().get(role)
    if wanted is None:
        raise Refused(_("There is no role “%(role)s”.") % {"role": role})
    if not wanted.fits(organisation.kind):
        raise Refused(_("This role is not held in this kind of organisation."))
    _refuse_foreign_role(actor, organisation, role)
    with transaction.atomic():
        _hold_roles_of(person)
        held = set(Membership.objects.filter(user=person).values_list("role", flat=True))
        mixed = {key for key in held | {role} if key in roles() and roles()[key].separated}
        if mixed and held | {role} != mixed:
            raise Refused(_("Who runs the machine holds no other role: they must not see business data."))
        _row, made = Membership.objects.get_or_create(user=person, organisation=organisation, role=role)
        if made:
            access_changed()
            _record_role(ROLE_GIVEN, person, organisation, role, actor)
    forget_memberships(person)
    return made and not held and not wanted.separated


def take_role(*, actor: Actor, person: User, organisation: Organisation, role: str) -> None:
    """Take a role away; its permissions end with the next request."""
    _refuse_oneself(actor, person)
    with transaction.atomic():
        gone, _by_model = Membership.objects.filter(
            user=person, organisation=organisation, role=role
        ).delete()
        if gone:
            access_changed()
            _record_role(ROLE_TAKEN, person, organisation, role, actor)
    forget_memberships(person)


def end_sessions(*, person: User) -> None:
    """End every session of a person, wherever it was begun; the next request of each is nobody's."""
    User.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    for session in UserSession.objects.filter(user=person):
        session.end()
    access_changed()


def key_of_actor(actor: Actor) -> str:
    """The actor as the ledger names them."""
    return f"user:{actor.pk}" if isinstance(actor, User) else actor


def _refuse_oneself(actor: Actor, person: User) -> None:
    if isinstance(actor, User) and actor.pk == person.pk:
        raise Refused(_("Nobody changes their own account here: ask another administrator."))


def _refuse_foreign_role(actor: Actor, organisation: Organisation, role: str) -> None:
    """Who runs the machine gives no role of business; nobody gives one out of their reach.

    Who checks the others comes in by the machine's command alone: whoever could open that account would be
    checked by nobody.
    """
    if not isinstance(actor, User):
        return  # whoever has the shell of the machine has its database too
    if roles()[role].given_apart:
        raise Refused(_("This role checks what others do. It is given on the machine, by “jinmai person”."))
    if runs_the_machine(actor) != roles()[role].separated:
        raise Refused(
            _(
                "Roles of an organisation are in the hands of its manager or the bureau,"
                " not of who runs the machine."
            )
        )
    held = reach(actor, "access.give_role")
    if not held.city and organisation.pk not in held.organisations:
        raise Refused(_("You give no roles in this organisation."))


def _refuse_foreign_account(actor: Actor, person: User) -> None:
    """A password or a second factor opens every role of a person: all of them must be the actor's to give.

    To be called in the transaction of what is done to the account: no role is given in between.
    """
    _hold_roles_of(person)
    for row in Membership.objects.filter(user=person).select_related("organisation"):
        if row.role in roles():
            _refuse_foreign_role(actor, row.organisation, row.role)


def _hold_roles_of(person: User) -> None:
    """Let nobody else give this person a role until the transaction ends: the person's row is the lock."""
    User.objects.select_for_update().get(pk=person.pk)


def _record(kind: str, person: User, actor: Actor, reason: str = "") -> None:
    append(
        kind=kind,
        subject=f"user:{person.pk}",
        payload=PersonChanged(person.pk, reason),
        actor=key_of_actor(actor),
    )


def _record_role(kind: str, person: User, organisation: Organisation, role: str, actor: Actor) -> None:
    append(
        kind=kind,
        subject=f"user:{person.pk}",
        payload=RoleChanged(person.pk, organisation.code, role),
        actor=key_of_actor(actor),
    )
