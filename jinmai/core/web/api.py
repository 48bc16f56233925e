"""The door of this room: everything that pages of other rooms are built from."""

from jinmai.core.web import formats, masking
from jinmai.core.web.authorization import Authorization, declared, mark, public, requires, signed_in
from jinmai.core.web.charts import Axis, Chart, Colour, Mark, Series, Shape, chart_response
from jinmai.core.web.city import City, District, city
from jinmai.core.web.explanation import Clause, Explanation
from jinmai.core.web.freshness import ASKED_AGAIN, CACHED, tagged
from jinmai.core.web.live import live_response
from jinmai.core.web.living import LiveValue, Share, Tile
from jinmai.core.web.manifest import Manifest, ManifestError, Words
from jinmai.core.web.names import in_chinese, in_language, name_of
from jinmai.core.web.progress import Progress
from jinmai.core.web.remembered import forget, remembered
from jinmai.core.web.screen import PERMISSION as VIEW_SCREEN
from jinmai.core.web.screen import TickerLine
from jinmai.core.web.screen_page import screen_page, screen_stream
from jinmai.core.web.shared_fragments import fragment
from jinmai.core.web.shell import Bell, Person
from jinmai.core.web.status import Empty, Status, Tone
from jinmai.core.web.tables import (
    ChoiceFilter,
    Column,
    DayFilter,
    SearchFilter,
    Table,
    TableView,
    table_page,
)
from jinmai.core.web.tables.workbook import runs_as_formula
from jinmai.core.web.timeline import TimelineEntry
from jinmai.core.web.typeface import CHINESE_TYPEFACE
from jinmai.core.web.uploads import LARGEST_UPLOAD

__all__ = [
    "ASKED_AGAIN",
    "CACHED",
    "CHINESE_TYPEFACE",
    "LARGEST_UPLOAD",
    "VIEW_SCREEN",
    "Authorization",
    "Axis",
    "Bell",
    "Chart",
    "ChoiceFilter",
    "City",
    "Clause",
    "Colour",
    "Column",
    "DayFilter",
    "District",
    "Empty",
    "Explanation",
    "LiveValue",
    "Manifest",
    "ManifestError",
    "Mark",
    "Person",
    "Progress",
    "SearchFilter",
    "Series",
    "Shape",
    "Share",
    "Status",
    "Table",
    "TableView",
    "TickerLine",
    "Tile",
    "TimelineEntry",
    "Tone",
    "Words",
    "chart_response",
    "city",
    "declared",
    "forget",
    "formats",
    "fragment",
    "in_chinese",
    "in_language",
    "live_response",
    "mark",
    "masking",
    "name_of",
    "public",
    "remembered",
    "requires",
    "runs_as_formula",
    "screen_page",
    "screen_stream",
    "signed_in",
    "table_page",
    "tagged",
]
