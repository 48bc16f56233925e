"""Forms of the industry system: what a person types is refused with what and where."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinmai.core.web.api import formats
from jinmai.systems.industry.choices import AlarmCause, Direction
from jinmai.systems.industry.models import AlarmRule
from jinmai.systems.industry.selectors.telemetry import decimals

LONGEST_SECONDS = 86_400


class ClearForm(forms.Form):
    """Why an alarm came, named by who clears it."""

    cause = forms.ChoiceField(
        label=gettext_lazy("Cause"),
        choices=[("", gettext_lazy("Choose the cause")), *AlarmCause.choices],
        help_text=gettext_lazy("The month's Pareto counts these."),
        error_messages={
            "required": gettext_lazy("Choose the cause; without it the month's Pareto has a gap."),
            "invalid_choice": gettext_lazy("“%(value)s” is not one of the causes in the list."),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What was found and done, in a sentence."),
    )


class AlarmRuleForm(forms.Form):
    """When a rule raises an alarm: threshold, way back, duration."""

    threshold = forms.DecimalField(label=gettext_lazy("Threshold"), max_digits=18, decimal_places=6)
    release = forms.DecimalField(label=gettext_lazy("Normal again at"), max_digits=18, decimal_places=6)
    duration_seconds = forms.IntegerField(
        label=gettext_lazy("For at least (seconds)"),
        min_value=0,
        max_value=LONGEST_SECONDS,
        help_text=gettext_lazy("0 raises the alarm at the first value beyond the threshold."),
    )
    enabled = forms.BooleanField(label=gettext_lazy("The rule is in force"), required=False)

    def __init__(self, *args: Any, rule: AlarmRule, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "threshold": _plain(rule.threshold),
                "release": _plain(rule.release),
                "duration_seconds": rule.duration_seconds,
                "enabled": rule.enabled,
            },
        )
        super().__init__(*args, **kwargs)
        self.rule = rule
        tag = rule.property
        for name in ("threshold", "release"):
            self.fields[name].widget.attrs["step"] = f"{tag.resolution.normalize():f}"
            self.fields[name].help_text = _("In %(unit)s, between %(low)s and %(high)s.") % {
                "unit": tag.unit or _("the property's own numbers"),
                "low": formats.number(tag.minimum, decimals(tag)),
                "high": formats.number(tag.maximum, decimals(tag)),
            }

    def clean_threshold(self) -> Decimal:
        """Within the range of the property."""
        return self._within_range("threshold")

    def clean_release(self) -> Decimal:
        """Within the range of the property."""
        return self._within_range("release")

    def clean(self) -> dict[str, Any]:
        """The way back lies on the good side of the threshold."""
        cleaned = super().clean() or {}
        threshold, release = cleaned.get("threshold"), cleaned.get("release")
        if threshold is None or release is None:
            return cleaned
        above = self.rule.direction == Direction.ABOVE
        if release > threshold if above else release < threshold:
            words = (
                _("An alarm above %(threshold)s is over at this value or below it; %(release)s lies above.")
                if above
                else _(
                    "An alarm below %(threshold)s is over at this value or above it; %(release)s lies below."
                )
            )
            places = decimals(self.rule.property)
            self.add_error(
                "release",
                words
                % {
                    "threshold": formats.number(threshold, places),
                    "release": formats.number(release, places),
                },
            )
        return cleaned

    def _within_range(self, name: str) -> Decimal:
        value: Decimal = self.cleaned_data[name]
        tag = self.rule.property
        if not tag.minimum <= value <= tag.maximum:
            raise forms.ValidationError(
                _("%(value)s lies outside the range of this property, %(low)s to %(high)s %(unit)s.")
                % {
                    "value": formats.number(value),
                    "low": formats.number(tag.minimum, decimals(tag)),
                    "high": formats.number(tag.maximum, decimals(tag)),
                    "unit": tag.unit,
                }
            )
        if value % tag.resolution:
            raise forms.ValidationError(
                _("%(value)s is finer than the resolution of this property, %(resolution)s %(unit)s.")
                % {
                    "value": formats.number(value),
                    "resolution": formats.number(tag.resolution.normalize()),
                    "unit": tag.unit,
                }
            )
        return value


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
