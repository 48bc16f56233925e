"""Telling people: once a fact, in the transaction of the fact, in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from jinmai.core.access.api import Organisation, User, people_who_may
from jinmai.core.ledger.api import entries_for
from jinmai.core.notices.api import NoticeRefused, notify, read_by, unread_count
from jinmai.core.notices.models import Delivery, Message
from jinmai.core.notices.selectors import inbox, inbox_row
from jinmai.core.notices.services.escalation import escalate_unread
from jinmai.core.notices.services.reading import choose, mark_read
from jinmai.core.notices.services.sending import NotInTransactionError
from jinmai.core.notices.tests import escalated
from jinmai.core.web.api import Words

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 19, 5, tzinfo=UTC)
Work = Callable[[], int]


def alarm(*to: User | Organisation, key: str = "alarm:1:raised") -> int:
    with transaction.atomic():
        return notify(
            kind="industry.test_alarm",
            to=to,
            subject="alarm:1",
            params={
                "plant": Words(zh="宏熔", en="Hongrong"),
                "quantity": "P1 {value}",
                "value": 12345.5,
                "at": AT,
            },
            key=key,
            href="/industry/alarms/1/",
        )


def report(to: User, key: str = "report:1") -> int:
    with transaction.atomic():
        return notify(kind="industry.test_report", to=to, subject="report:1", params={"rows": 35040}, key=key)


class TestTheInbox:
    def test_a_message_is_there_at_once_in_the_language_of_the_page(self, alice: User) -> None:
        alarm(alice)
        words = {}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                words[language] = inbox_row(inbox(alice)[0]).words
        assert words["zh-hans"].title == "宏熔：P1 {value} 超限"
        assert words["zh-hans"].text == "2026年11月24日 03:05 测得 12,345.5。"
        assert words["en"].title == "Hongrong: P1 {value} over its limit"
        assert words["en"].text == "12,345.5 measured at 24 Nov 2026, 03:05."

    def test_the_same_fact_is_told_once_to_each(self, alice: User, mei: User) -> None:
        assert [alarm(alice), alarm(alice, alice, mei), alarm(alice, key="alarm:1:cleared")] == [1, 1, 1]
        assert [unread_count(alice), unread_count(mei)] == [2, 1]

    def test_a_fact_that_is_rolled_back_was_never_told(self, alice: User, work: Work) -> None:
        with transaction.atomic():
            alarm(alice)
            transaction.set_rollback(True)
        assert [work(), Message.objects.count(), len(mail.outbox)] == [0, 0, 0]

    def test_somebody_who_may_not_sign_in_is_not_told(self, alice: User) -> None:
        User.objects.update(is_active=False)
        alice.refresh_from_db()
        assert alarm(alice) == 0

    def test_who_read_it_is_known(self, alice: User, mei: User) -> None:
        alarm(alice, mei)
        mark_read(message=inbox(mei)[0])
        assert [person for person, _ in read_by("industry.test_alarm", "alarm:1:raised")] == [mei]


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"kind": "industry.unknown"}, "no manifest declares the kind 'industry.unknown'"),
            ({"params": {}}, "industry.test_report: the parameter 'rows' is missing"),
            ({"params": {"rows": 1, "more": 2}}, "industry.test_report: its words have no place for 'more'"),
            ({"params": {"rows": "x" * 501}}, "industry.test_report: rows has 501 characters, at most 500"),
            ({"params": {"rows": datetime(2026, 1, 1)}}, "rows is a time without its zone"),  # noqa: DTZ001
            ({"key": ""}, "industry.test_report: key has 0 characters, 1 to 200 are taken"),
            ({"href": "//evil.example"}, "href '//evil.example' is not a path of this house"),
            ({"href": "https://evil.example"}, "is not a path of this house"),
            ({"href": "/\\evil.example"}, "is not a path of this house"),
            ({"href": "industry/"}, "is not a path of this house"),
        ],
    )
    def test_a_wrong_call_is_told_what_is_wrong(
        self, alice: User, changes: dict[str, object], words: str
    ) -> None:
        given = {"kind": "industry.test_report", "params": {"rows": 1}, "key": "k"} | changes
        with pytest.raises(NoticeRefused) as refused, transaction.atomic():
            notify(to=alice, subject="s", **given)  # type: ignore[arg-type]  # wrong on purpose
        assert words in str(refused.value)

    @pytest.mark.django_db(transaction=True)
    def test_outside_a_transaction_nothing_is_told(self, alice: User) -> None:
        with pytest.raises(NotInTransactionError):
            notify(kind="industry.test_report", to=alice, subject="s", params={"rows": 1}, key="k")


class TestEmail:
    def test_it_comes_in_the_readers_language_with_a_whole_address(self, alice: User, work: Work) -> None:
        choose(person=alice, language="en", quiet=None, wanted={})
        alarm(alice)
        work()
        (letter,) = mail.outbox
        assert [letter.subject, letter.to] == [
            "Hongrong: P1 {value} over its limit",
            ["alice@example.org"],
        ]
        assert "https://city.example/industry/alarms/1/" in letter.body
        assert letter.extra_headers["Message-ID"] == f"<{Delivery.objects.get().key}@jinmai>"

    def test_words_from_outside_are_escaped_in_html_and_whole_in_text(self, alice: User, work: Work) -> None:
        with transaction.atomic():
            notify(
                kind="industry.test_report",
                to=alice,
                subject="s",
                params={"rows": "<script>&"},
                key="k",
            )
        work()
        (letter,) = mail.outbox
        assert isinstance(letter, mail.EmailMultiAlternatives)
        html = str(letter.alternatives[0][0])
        assert ["<script>&" in letter.body, "<script>" in html, "&lt;script&gt;&amp;" in html] == [
            True,
            False,
            True,
        ]

    def test_who_does_not_want_it_has_it_in_the_inbox_only(self, alice: User, work: Work) -> None:
        choose(
            person=alice,
            language="zh-hans",
            quiet=None,
            wanted={("industry.test_report", "email"): False},
        )
        report(alice)
        work()
        assert [len(mail.outbox), unread_count(alice)] == [0, 1]

    def test_in_quiet_hours_it_waits_unless_it_is_urgent(self, alice: User, work: Work) -> None:
        now = timezone.localtime()
        quiet = ((now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time())
        choose(person=alice, language="zh-hans", quiet=quiet, wanted={})
        report(alice)
        alarm(alice)
        work()
        waiting = Delivery.objects.get(state="waiting")
        assert [letter.subject for letter in mail.outbox] == ["宏熔：P1 {value} 超限"]
        assert waiting.message.kind == "industry.test_report"
        assert timezone.localtime(waiting.due_at).time() == quiet[1]

    def test_a_person_disabled_meanwhile_gets_nothing_more(self, alice: User, work: Work) -> None:
        quiet = (time(0), time(23, 59, 59, 999999))
        choose(person=alice, language="zh-hans", quiet=quiet, wanted={})
        report(alice)
        work()
        User.objects.update(is_active=False)
        from jinmai.core.notices.services.delivering import deliver  # noqa: PLC0415 - called by hand here only

        deliver.call(Delivery.objects.get().pk, 0)
        assert [Delivery.objects.get().state, len(mail.outbox)] == ["dropped", 0]


def test_a_duty_is_recorded_for_each_way_without_personal_data(alice: User, work: Work) -> None:
    with transaction.atomic():
        notify(
            kind="industry.test_decision",
            to=alice,
            subject="decision:7",
            params={"number": "JZ-7"},
            key="decision:7",
        )
    work()
    entries = entries_for("decision:7")
    said = [(entry.payload or {})["channel"] for entry in entries]
    assert sorted(said) == ["email", "inbox"]
    recorded = b"".join(entry.content for entry in entries)
    assert [word for word in (b"alice", b"example.org", b"13804160001") if word in recorded] == []
    assert {(entry.payload or {})["recipient"] for entry in entries} == {f"user:{alice.pk}"}


def test_everybody_who_may_is_found_and_nobody_else(alice: User, mei: User, bo: User, root: User) -> None:
    assert people_who_may("notices.manage_endpoint") == [bo, mei]
    assert people_who_may("access.view_contact", alice) == [mei]


class TestEscalation:
    @pytest.fixture(autouse=True)
    def _nothing_called_yet(self) -> Iterator[None]:
        escalated.called.clear()
        yield
        escalated.failing.clear()

    def test_what_nobody_reads_in_time_is_escalated_once(self, alice: User, mei: User, work: Work) -> None:
        self.tell(alice, mei)
        assert escalate_unread() == 0
        self.let_time_pass()
        assert [escalate_unread(), escalate_unread()] == [1, 0]
        work()
        assert escalated.called == [("industry.test_watched", "fact:1", "thing:1")]

    def test_what_one_of_them_has_read_is_not(self, alice: User, mei: User) -> None:
        self.tell(alice, mei)
        self.let_time_pass()
        mark_read(message=inbox(mei)[0])
        assert [escalate_unread(), escalated.called] == [0, []]

    def test_one_whose_call_fails_holds_up_no_other_and_is_called_again(
        self, alice: User, work: Work
    ) -> None:
        for number in (1, 2, 3):
            self.tell(alice, number=number)
        self.let_time_pass()
        escalated.failing.add("thing:1")
        assert [escalate_unread(), escalate_unread()] == [3, 0]
        work()
        assert sorted(subject for _, _, subject in escalated.called) == ["thing:2", "thing:3"]
        escalated.failing.clear()
        DBTaskResult.objects.update(run_after=timezone.now())
        work()
        assert sorted(subject for _, _, subject in escalated.called) == ["thing:1", "thing:2", "thing:3"]

    def let_time_pass(self) -> None:
        Message.objects.update(created_at=timezone.now() - timedelta(minutes=11))

    def tell(self, *people: User, number: int = 1) -> None:
        with transaction.atomic():
            notify(
                kind="industry.test_watched",
                to=people,
                subject=f"thing:{number}",
                params={},
                key=f"fact:{number}",
            )
