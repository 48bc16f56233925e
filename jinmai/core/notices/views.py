"""Pages of this folder: the inbox, how one wants to be told, endpoints, deliveries."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinmai.core.access.api import User, requires, signed_in
from jinmai.core.notices import selectors
from jinmai.core.notices.channels.registry import available
from jinmai.core.notices.choices import PERSONAL, Channel
from jinmai.core.notices.forms import EndpointForm, ReaderForm
from jinmai.core.notices.models import Delivery, Endpoint
from jinmai.core.notices.services import delivering, endpoints, reading
from jinmai.core.notices.tables import (
    ENDPOINTS,
    TONES,
    EndpointDelivery,
    deliveries_table,
    kind_label,
    number_label,
)
from jinmai.core.web.api import Status, table_page

PAGE = 25
NEW_SECRET = "new_endpoint_secret"  # noqa: S105 - the name of a place in the session
SUBJECT = "notices.view_delivery_subject"


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the views below admit nobody else
    return request.user


@signed_in
@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """``/notices/``: the person's messages, newest first."""
    unread_only = request.GET.get("show") == "unread"
    rows = selectors.inbox(_person(request), unread_only=unread_only)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [selectors.inbox_row(message) for message in page.object_list],
        "unread_only": unread_only,
        "unread": selectors.unread_count(_person(request)),
    }
    return render(request, "notices/inbox.html", context)


@signed_in
@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, asked for twice a minute."""
    return render(request, "web/shell/bell.html", {"bell": selectors.bell(request)})


@signed_in
@never_cache
@require_safe
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a message as read and lead to what it tells of; without such a page show the message."""
    message = get_object_or_404(selectors.inbox(_person(request)), pk=pk)
    reading.mark_read(message=message)
    if message.href:
        return redirect(message.href)
    return render(request, "notices/message.html", {"row": selectors.inbox_row(message)})


@signed_in
@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponseRedirect:
    """Everything is read."""
    reading.mark_all_read(person=_person(request))
    return redirect("inbox")


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How one wants to be told: language, quiet hours, channels by kind."""
    person = _person(request)
    form = ReaderForm(request.POST or None, person=person)
    chosen = selectors.choices_of(person)
    if request.method == "POST":
        ticked = set(request.POST.getlist("wanted"))
        chosen = {pair: f"{pair[0]}:{pair[1]}" in ticked for pair in chosen}
        if form.is_valid():
            cleaned = form.cleaned_data
            both = cleaned["quiet_from"] is not None
            reading.choose(
                person=person,
                language=cleaned["language"],
                quiet=(cleaned["quiet_from"], cleaned["quiet_until"]) if both else None,
                wanted=chosen,
            )
            messages.success(request, gettext("Your choices are kept and hold from the next message on."))
            return redirect("preferences")
    context = {"form": form, "channels": _channels(person), "rows": _choice_rows(chosen)}
    return render(request, "notices/preferences.html", context, status=422 if form.errors else 200)


def _channels(person: User) -> list[dict[str, Any]]:
    """The personal channels, and why one cannot be used."""
    addresses = {Channel.EMAIL: person.email, Channel.SMS: person.phone}
    return [{"label": one.label, "usable": available(one) and bool(addresses[one])} for one in PERSONAL]


def _choice_rows(chosen: dict[tuple[str, str], bool]) -> list[dict[str, Any]]:
    spoken = get_language() or ""
    return [
        {
            "label": kind.label.spoken(spoken),
            "urgent": kind.urgent,
            "boxes": [
                {
                    "value": f"{kind.kind}:{channel.value}",
                    "checked": chosen[kind.kind, channel.value],
                    "label": channel.label,
                }
                for channel in PERSONAL
            ],
        }
        for kind in selectors.offered_kinds()
    ]


@requires("notices.manage_endpoint")
@require_safe
def endpoint_list(request: HttpRequest) -> HttpResponseBase:
    """``/notices/endpoints/``: where the person's organisation takes messages."""
    rows = selectors.visible_endpoints(_person(request))
    return table_page(request, ENDPOINTS, rows, "notices/endpoints.html")


@requires("notices.manage_endpoint")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_endpoint(request: HttpRequest) -> HttpResponse:
    """Add an endpoint; a webhook's secret is shown on the next page, once."""
    form = EndpointForm(request.POST or None, person=_person(request))
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        endpoint, secret = endpoints.add_endpoint(
            organisation=cleaned["organisation"],
            channel=Channel(cleaned["channel"]),
            name=cleaned["name"],
            url=cleaned["url"],
            secret=cleaned["secret"],
            kinds=cleaned["kinds"],
            language=cleaned["language"],
            actor=f"user:{_person(request).pk}",
        )
        if endpoint.channel == Channel.WEBHOOK:
            request.session[NEW_SECRET] = {str(endpoint.pk): secret}
        return redirect("endpoint", endpoint.pk)
    return render(request, "notices/add_endpoint.html", {"form": form}, status=422 if form.errors else 200)


def _endpoint(pk: int) -> Endpoint:
    return Endpoint.objects.select_related("organisation").get(pk=pk)


@requires("notices.manage_endpoint", get=_endpoint)
@never_cache
@require_safe
def endpoint(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    """One endpoint: what it takes, a test, switching it off and on."""
    context = {
        "endpoint": endpoint,
        "organisation": endpoint.organisation.name(get_language() or ""),
        "kinds": [kind_label(kind) for kind in endpoint.kinds],
        "secret": request.session.pop(NEW_SECRET, {}).get(str(endpoint.pk), ""),
        **_last_deliveries(endpoint),
    }
    return render(request, "notices/endpoint.html", context)


@requires("notices.manage_endpoint", get=_endpoint)
@never_cache
@require_safe
def endpoint_deliveries(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    """The endpoint's last deliveries alone, asked for every second while one of them is on its way."""
    context = {"endpoint": endpoint, **_last_deliveries(endpoint)}
    return render(request, "notices/last_deliveries.html", context)


def _last_deliveries(endpoint: Endpoint) -> dict[str, Any]:
    rows = [EndpointDelivery(row) for row in selectors.last_deliveries(endpoint)]
    return {"deliveries": rows, "under_way": any(row.on_its_way for row in rows)}


@requires("notices.manage_endpoint", get=_endpoint)
@require_POST
def test_endpoint(request: HttpRequest, endpoint: Endpoint) -> HttpResponseRedirect:
    """Have a test message sent; the page shows below whether it was taken."""
    endpoints.send_test(endpoint=endpoint)
    messages.success(request, gettext("The test message is on its way; how it ends is shown below."))
    return redirect("endpoint", endpoint.pk)


@requires("notices.manage_endpoint", get=_endpoint)
@require_POST
def switch_endpoint(request: HttpRequest, endpoint: Endpoint) -> HttpResponseRedirect:
    """Switch an endpoint off or on."""
    active = request.POST.get("active") == "1"
    endpoints.switch_endpoint(endpoint=endpoint, active=active, actor=f"user:{_person(request).pk}")
    return redirect("endpoint", endpoint.pk)


@requires("notices.view_delivery")
@require_safe
def delivery_list(request: HttpRequest) -> HttpResponseBase:
    """``/notices/deliveries/``: what left the house, and what could not."""
    rows = selectors.visible_deliveries(_person(request))
    table = deliveries_table(with_subject=request.user.has_perm(SUBJECT))
    return table_page(request, table, rows, "notices/deliveries.html")


def _delivery(pk: int) -> Delivery:
    return Delivery.objects.select_related("message__organisation", "endpoint").get(pk=pk)


@requires("notices.view_delivery", get=_delivery)
@require_safe
def delivery(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    """One delivery, without the words of its message; a dead one can be sent again.

    Who runs the machine sees that it was sent and what went wrong, not what it tells or whom.
    """
    with_subject = request.user.has_perm(SUBJECT, delivery)
    context = {
        "delivery": delivery,
        "with_subject": with_subject,
        "name": kind_label(delivery.message.kind) if with_subject else number_label(delivery),
        "status": Status(delivery.get_state_display(), TONES[delivery.state]),
        "may_send_again": request.user.has_perm("notices.send_again", delivery),
    }
    return render(request, "notices/delivery.html", context)


@requires("notices.send_again", get=_delivery)
@require_POST
def send_again(request: HttpRequest, delivery: Delivery) -> HttpResponseRedirect:
    """Put a dead delivery back to work."""
    try:
        delivering.send_again(delivery=delivery, actor=f"user:{_person(request).pk}")
    except delivering.NotDeadError:
        messages.warning(request, gettext("This message is on its way already; nothing was changed."))
    else:
        messages.success(request, gettext("The message is sent again within a second or two."))
    return redirect("delivery", delivery.pk)
