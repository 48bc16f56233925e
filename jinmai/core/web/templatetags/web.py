"""Tags and filters of the house: ``{% load web %}``. Their use is shown in README.md and on /styleguide/."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from jinmai.core.web import formats, masking
from jinmai.core.web.living import LiveValue
from jinmai.core.web.shared_fragments import fragment
from jinmai.core.web.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from django.forms import BoundField
    from django.template import Context

    from jinmai.core.web.explanation import Explanation
    from jinmai.core.web.living import Tile
    from jinmai.core.web.progress import Progress
    from jinmai.core.web.status import Empty, Tone
    from jinmai.core.web.tables import TableView
    from jinmai.core.web.timeline import TimelineEntry

register = template.Library()

register.filter("number", formats.number)
register.filter("spoken", formats.spoken)
register.filter("money", formats.money)
register.filter("day", formats.day)
register.filter("as_of", formats.as_of)
register.filter("span", formats.span)
register.filter("masked_name", masking.name)
register.filter("masked_phone", masking.phone)
register.filter("masked_number", masking.number)
register.filter("masked_email", masking.email)


@register.filter
def moment(value: Any, precision: str = "") -> str:
    """A moment; ``|moment:"seconds"`` with seconds."""
    return formats.moment(value, seconds=precision == "seconds")


@register.filter
def clock(value: Any, precision: str = "") -> str:
    """A time of day; ``|clock:"seconds"`` with seconds."""
    return formats.clock(value, seconds=precision == "seconds")


@cache
def _sprite() -> str:
    """The sprite's address: asked for dozens of times a page, the same for the life of the process."""
    return static("web/icons.svg")


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A sign of the sprite, hidden from screen readers: words stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        _sprite(),
        name,
    )


@register.simple_tag(takes_context=True)
def shared(context: Context, template: str, *key: Any) -> SafeString:
    """``{% shared "web/shell/rail.html" standing places %}``: an included part, kept for all of one key.

    The key names all that the part depends on beside the language. Without a request nothing is kept.
    """
    request = context.get("request")
    given = {str(name): value for name, value in context.flatten().items()}
    if request is None:
        return mark_safe(render_to_string(template, given))  # noqa: S308 - a template escapes by itself
    return fragment(request, template, lambda: given, key=key, seconds=60.0)


@register.simple_tag
def mark() -> SafeString:
    """The house's mark: two interlaced lozenges (方胜), the pulse woven through them."""
    return mark_safe(
        '<svg viewBox="0 0 46 30" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true" '
        'focusable="false"><path d="M3 15 16 2l13 13-13 13z"/><path d="M17 15 30 2l13 13-13 13z"/>'
        '<path class="brand-pulse" stroke-linecap="round" stroke-linejoin="round" '
        'd="M0 15h16l3-6 5 12 3-6h19"/></svg>'
    )


@register.simple_tag
def quantity(value: Any, unit: str, decimals: int | None = None) -> SafeString:
    """A number with its unit set smaller beside it."""
    return format_html(
        '{}<span class="unit">{}</span>', formats.number(value, decimals), unit if value is not None else ""
    )


@register.simple_tag
def spoken_quantity(value: Any, unit: str) -> SafeString:
    """A large number as people say it, with its unit: 1,326.59万 kWh; in English 13,265,858 kWh."""
    if not formats.in_chinese():
        return quantity(value, unit, 0)
    if value is None or abs(value) < 10_000:
        return quantity(value, unit, 0)
    return format_html('{}<span class="unit">{}</span>', formats.spoken(value), unit)


@register.inclusion_tag("web/parts/status.html")
def status(text: str | Status, tone: Tone = "", icon: str = "") -> dict[str, Any]:
    """A pill: ``{% status device.status %}`` or ``{% status "late" "attention" %}``."""
    return {"status": text if isinstance(text, Status) else Status(text, tone, icon)}


@register.inclusion_tag("web/parts/empty.html")
def empty(empty: Empty) -> dict[str, Any]:
    """What stands where nothing is yet."""
    return {"empty": empty}


@register.inclusion_tag("web/table.html", takes_context=True)
def table(context: Context, view: TableView) -> dict[str, Any]:
    """A table that was bound by ``table_page`` or ``TableView``."""
    return {"view": view, "request": context.get("request")}


@register.inclusion_tag("web/parts/chart.html")
def chart(url: str, title: str, height: str = "", refresh: int = 0, level: int = 2) -> dict[str, Any]:
    """A chart whose data stand at ``url``; ``height`` is ``tall`` or ``low``, ``refresh`` in seconds."""
    between = "&" if "?" in url else "?"
    return {
        "url": url,
        "title": title,
        "height": height,
        "refresh": refresh,
        "level": level,
        "xlsx": f"{url}{between}format=xlsx",
    }


@register.inclusion_tag("web/parts/tile.html")
def tile(key: str, tile: Tile) -> dict[str, Any]:
    """A living number as a door."""
    return {"key": key, "tile": tile, "live": tile.live()}


@register.simple_tag
def live(key: str, value: LiveValue | Any = None) -> SafeString:
    """An element whose text follows the stream of the ``data-live-source`` around it."""
    text = value.text if isinstance(value, LiveValue) else formats.number(value)
    return format_html('<span class="live" data-live="{}">{}</span>', key, text)


@register.simple_tag
def live_time(key: str, value: LiveValue | None = None) -> SafeString:
    """When the live value of ``key`` was true."""
    return format_html(
        '<span data-live-time="{}">{}</span>', key, formats.as_of(value.as_of if value else None)
    )


@register.inclusion_tag("web/parts/live_state.html")
def live_state() -> dict[str, Any]:
    """Whether the stream is open: say it once near the numbers it feeds."""
    return {}


@register.inclusion_tag("web/parts/reading.html")
def reading(key: str, label: str, value: LiveValue, unit: str = "") -> dict[str, Any]:
    """A live value with label, unit and time, inside ``<dl class="readings">``."""
    return {"key": key, "label": label, "value": value, "unit": unit}


@register.inclusion_tag("web/parts/progress.html")
def progress(progress: Progress, poll: str = "") -> dict[str, Any]:
    """Long work; ``poll`` is the address that gives this part anew while it runs."""
    remaining: timedelta | None = progress.remaining()
    return {"progress": progress, "poll": poll if progress.state == "running" else "", "remaining": remaining}


@register.inclusion_tag("web/parts/timeline.html")
def timeline(entries: Iterable[TimelineEntry]) -> dict[str, Any]:
    """Recorded entries, newest first."""
    return {"entries": entries}


@register.inclusion_tag("web/parts/explanation.html")
def explanation(explanation: Explanation) -> dict[str, Any]:
    """A sentence, its clauses, and what would change it."""
    return {"explanation": explanation}


@register.inclusion_tag("web/parts/field.html")
def field(field: BoundField) -> dict[str, Any]:
    """A form field with label, hint and what is wrong, tied together for screen readers."""
    described = [f"{field.auto_id}_hint"] if field.help_text else []
    described += [f"{field.auto_id}_wrong"] if field.errors else []
    attributes = {"aria-describedby": " ".join(described)} if described else {}
    if field.errors:
        attributes["aria-invalid"] = "true"
    return {"field": field, "control": field.as_widget(attrs={**field.field.widget.attrs, **attributes})}


@register.inclusion_tag("web/parts/illustrative.html")
def illustrative() -> dict[str, Any]:
    """Says that data are invented or simulated."""
    return {}
