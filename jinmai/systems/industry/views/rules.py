"""Alarm rules: what is watched, from which value on, for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires, visible
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import ChoiceFilter, Column, Empty, Status, Table, formats, in_language, table_page
from jinmai.systems.industry.choices import Direction, Severity
from jinmai.systems.industry.forms import AlarmRuleForm
from jinmai.systems.industry.models import AlarmRule
from jinmai.systems.industry.selectors import recorded
from jinmai.systems.industry.selectors.telemetry import decimals
from jinmai.systems.industry.services.alarms import change_alarm_rule

if TYPE_CHECKING:
    from jinmai.core.access.api import User

CHANGE = "industry.change_alarm_rule"
IN_FORCE, SWITCHED_OFF = Status(pgettext_lazy("alarm rule", "in force"), "good"), Status(_("switched off"))


def condition(rule: AlarmRule) -> str:
    """The rule as a sentence: above 260.0 °C for 60 s."""
    words = {
        "limit": formats.quantity(rule.threshold, rule.property.unit, decimals(rule.property)),
        "seconds": formats.number(rule.duration_seconds),
    }
    if rule.direction == Direction.ABOVE:
        return gettext("above %(limit)s for %(seconds)s s") % words
    return gettext("below %(limit)s for %(seconds)s s") % words


def _plant(row: Any) -> str:
    return in_language(row.plant) if row.plant else str(_("all plants"))


RULES = Table(
    key="alarm-rules",
    title=_("Alarm rules"),
    columns=[
        Column(
            "name",
            _("Rule"),
            value=in_language,
            main=True,
            link=lambda row: reverse("industry:alarm_rule", args=[row.key]),
            secondary=lambda row: in_language(row.property),
        ),
        Column("plant", _("Plant"), value=_plant),
        Column("condition", _("Raises an alarm"), value=condition, wrap=True),
        Column("severity", _("Severity"), value=lambda row: row.get_severity_display()),
        Column("enabled", _("State"), value=lambda row: IN_FORCE if row.enabled else SWITCHED_OFF),
    ],
    filters=[ChoiceFilter("severity", _("Severity"), Severity.choices)],
    empty=Empty(
        _("No alarm rules yet"),
        _("They come with the city pack; a plant's own people then set their limits here."),
        icon="alarm",
    ),
)


def rules_for(user: User) -> QuerySet[AlarmRule]:
    """Rules of the plants that a person sees, and those of all plants."""
    rows = AlarmRule.objects.select_related("property", "plant")
    mine = visible(user, "industry.view_alarm_rule", rows).values("pk")
    return rows.filter(Q(pk__in=mine) | Q(plant__isnull=True))


@require_safe
@requires("industry.view_alarm_rule")
def alarm_rules(request: HttpRequest) -> HttpResponseBase:
    """The rules that watch my plants."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    return table_page(request, RULES, rules_for(user), "industry/alarm_rules.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("industry.view_alarm_rule")
def alarm_rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule; the plant's own people may change when it raises an alarm."""
    user: User = request.user  # type: ignore[assignment]  # as above
    rule = rules_for(user).filter(key=key).first()
    if rule is None:
        raise Http404
    may_change = user.has_perm(CHANGE, rule)
    form = AlarmRuleForm(request.POST or None, rule=rule)
    if request.method == "POST":
        if not may_change:
            return HttpResponse(status=403)
        if form.is_valid():
            change_alarm_rule(rule=rule, by=user, **form.cleaned_data)
            messages.success(request, gettext("The rule is changed; it holds for values from now on."))
            return redirect("industry:alarm_rule", key=rule.key)
    context = {
        "rule": rule,
        "condition": condition(rule),
        "form": form if may_change else None,
        "entries": recorded.timeline(entries_for(f"alarm_rule:{rule.key}", limit=20), rule),
    }
    return render(request, "industry/alarm_rule.html", context, status=422 if form.errors else 200)
