"""A campaign of copied labels through the database, where some readers say where they are and others do not.

A scan without a place proves nothing, so how many copies are flagged depends on how many places are told.
Each test states its share. The shares are those of labels: of copied ones that were flagged, of honest ones
that were. How many labels in a hundred are copied changes neither.
"""

from __future__ import annotations

import pytest

from jinmai.systems.traceability.choices import ExceptionKind
from jinmai.systems.traceability.models import ChainException, ScannedItem
from jinmai.systems.traceability.tests.campaign import Campaign

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("anywhere", [False, True], ids=["over the counter", "by parcel"])
def test_where_every_scan_tells_its_place_copies_are_flagged_by_the_second_conflicting_scan(
    *, anywhere: bool
) -> None:
    found = Campaign(seed=2, told=1.0, anywhere=anywhere).run(copied=200, honest=1_000)
    assert found.by_second / found.copied >= 0.99, found.said
    assert found.alarms / found.honest <= 0.001, found.said
    suspected = ChainException.objects.filter(kind=ExceptionKind.CLONE_SUSPECTED)
    labels = set(suspected.values_list("facts__serial", flat=True))
    assert len(labels) == found.flagged + found.alarms
    assert ScannedItem.objects.count() == 1_200


def test_where_half_of_the_scans_tell_no_place_those_that_do_flag_by_their_second_conflict() -> None:
    found = Campaign(seed=2, told=0.5).run(copied=200, honest=1_000)
    assert found.flagged == found.by_second_told, "who is flagged is flagged by the second told conflict"
    assert 0.90 <= found.flagged / found.copied < 0.99, found.said
    assert found.by_second / found.copied < 0.5, "seen from outside most take longer"
    assert found.alarms / found.honest <= 0.001, found.said


def test_where_hardly_anybody_tells_a_place_most_copies_stay_unseen_and_honest_packs_unharmed() -> None:
    found = Campaign(seed=2, told=0.05).run(copied=200, honest=1_000)
    assert found.flagged / found.copied < 0.2, found.said
    assert found.alarms == 0


def test_a_shop_that_sends_parcels_and_does_not_say_so_raises_false_alarms() -> None:
    """Why a site says that it sells by mail order: without that a present is the second long move."""
    found = Campaign(seed=2, told=1.0, anywhere=True, known=False).run(copied=50, honest=500)
    assert found.alarms / found.honest > 0.05, found.said
