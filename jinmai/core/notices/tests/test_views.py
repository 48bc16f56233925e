"""The pages: an inbox of one's own, choices, endpoints and deliveries of one's own organisation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from jinmai.core.access.api import Organisation, User
from jinmai.core.notices.api import notify, unread_count
from jinmai.core.notices.models import Delivery, Endpoint, Message, Preference, Reader
from jinmai.core.notices.sealing import unseal
from jinmai.core.notices.tests.doubles import Double

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
ENGLISH = {"Accept-Language": "en"}


def report(to: User | Organisation, number: int = 1, href: str = "") -> None:
    with transaction.atomic():
        notify(
            kind="industry.test_report",
            to=to,
            subject=f"report:{number}",
            params={"rows": number},
            key=f"report:{number}",
            href=href,
        )


class TestInbox:
    @pytest.mark.parametrize("count", [0, 1, 3])
    def test_it_lists_the_persons_own_messages(
        self, alice: User, bo: User, as_user: AsUser, count: int
    ) -> None:
        for number in range(count):
            report(alice, number)
        report(bo, 99)
        page = as_user(alice).get(reverse("inbox"), headers=ENGLISH).content.decode()
        assert [page.count("The report is ready"), "99 rows." in page] == [count, False]
        assert ("Nothing to read" in page) == (count == 0)

    def test_the_bell_counts_and_opening_one_counts_down(self, alice: User, as_user: AsUser) -> None:
        report(alice, 1, href="/notices/preferences/")
        report(alice, 2)
        client = as_user(alice)
        assert client.get(reverse("bell")).context["bell"].unread == 2
        opened = client.get(reverse("open_message", args=[Message.objects.get(key="report:1").pk]))
        assert [opened.headers["Location"], unread_count(alice)] == ["/notices/preferences/", 1]

    def test_a_message_without_a_page_is_shown(self, alice: User, as_user: AsUser) -> None:
        report(alice)
        page = as_user(alice).get(reverse("open_message", args=[Message.objects.get().pk]))
        assert "共 1 行。" in page.content.decode()

    def test_somebody_elses_message_is_not_there(self, alice: User, bo: User, as_user: AsUser) -> None:
        report(alice)
        answer = as_user(bo).get(reverse("open_message", args=[Message.objects.get().pk]))
        assert [answer.status_code, unread_count(alice)] == [404, 1]

    def test_all_are_read_at_once(self, alice: User, bo: User, as_user: AsUser) -> None:
        report(alice)
        report(bo)
        as_user(alice).post(reverse("mark_all_read"))
        assert [unread_count(alice), unread_count(bo)] == [0, 1]

    def test_a_visitor_has_neither_inbox_nor_bell(self, client: Client) -> None:
        answers = [client.get(reverse(name)).status_code for name in ("inbox", "bell", "preferences")]
        assert [*answers, "tool bell" in client.get("/").content.decode()] == [302, 302, 302, False]


class TestPreferences:
    def choose(self, client: Client, **fields: object) -> int:
        given = {"language": "en", "quiet_from": "", "quiet_until": "", "wanted": []} | fields
        return client.post(reverse("preferences"), given).status_code

    def test_choices_are_kept_and_shown(self, alice: User, as_user: AsUser) -> None:
        client = as_user(alice)
        answer = self.choose(
            client, quiet_from="22:00", quiet_until="07:00", wanted=["industry.test_report:sms"]
        )
        chosen = Preference.objects.filter(kind="industry.test_report").order_by("channel")
        assert [(row.channel, row.wanted) for row in chosen] == [("email", False), ("sms", True)]
        assert [answer, str(Reader.objects.get().quiet_from)] == [302, "22:00:00"]
        assert 'value="22:00"' in client.get(reverse("preferences")).content.decode()

    def test_half_of_the_quiet_hours_is_refused_at_the_missing_half(
        self, alice: User, as_user: AsUser
    ) -> None:
        assert [self.choose(as_user(alice), quiet_from="22:00"), Reader.objects.count()] == [422, 0]

    def test_a_time_that_is_none_is_refused(self, alice: User, as_user: AsUser) -> None:
        answer = self.choose(as_user(alice), quiet_from="25:00", quiet_until="07:00")
        assert [answer, Reader.objects.count()] == [422, 0]


class TestEndpoints:
    def fields(self, organisation: Organisation, **changes: object) -> dict[str, object]:
        return {
            "organisation": organisation.pk,
            "channel": "webhook",
            "name": "MES",
            "url": "https://mes.example/hook",
            "secret": "",
            "language": "zh-hans",
            "kinds": [],
        } | changes

    def test_a_webhooks_secret_is_shown_once_and_its_address_never(
        self, mei: User, plant: Organisation, as_user: AsUser
    ) -> None:
        client = as_user(mei)
        client.post(reverse("add_endpoint"), self.fields(plant))
        made = Endpoint.objects.get()
        page = reverse("endpoint", args=[made.pk])
        first, second = (client.get(page).content.decode() for _ in range(2))
        assert [unseal(made.sealed_secret) in first, "whsec_" in second] == [True, False]
        assert ["mes.example" in first + second, "mes.example" in made.sealed_url] == [False, False]

    def test_nobody_adds_one_to_another_organisation(
        self, mei: User, other_firm: Organisation, as_user: AsUser
    ) -> None:
        answer = as_user(mei).post(reverse("add_endpoint"), self.fields(other_firm))
        assert [answer.status_code, Endpoint.objects.count()] == [422, 0]

    @pytest.mark.parametrize("url", ["http://mes.example/", "https://a:b@mes.example/", "no address"])
    def test_an_address_that_cannot_be_called_is_refused(
        self, mei: User, plant: Organisation, as_user: AsUser, url: str
    ) -> None:
        answer = as_user(mei).post(reverse("add_endpoint"), self.fields(plant, url=url))
        assert [answer.status_code, Endpoint.objects.count()] == [422, 0]

    def test_who_may_not_manage_them_is_refused(
        self, alice: User, bo: User, mei: User, plant: Organisation, as_user: AsUser
    ) -> None:
        as_user(mei).post(reverse("add_endpoint"), self.fields(plant))
        page = reverse("endpoint", args=[Endpoint.objects.get().pk])
        assert [as_user(alice).get(page).status_code, as_user(bo).get(page).status_code] == [403, 404]
        switch = reverse("switch_endpoint", args=[Endpoint.objects.get().pk])
        as_user(bo).post(switch, {"active": "0"})
        assert Endpoint.objects.get().active is True

    def test_a_test_message_says_what_the_receiver_said(
        self, mei: User, plant: Organisation, as_user: AsUser, provider: Double, work: Callable[[], int]
    ) -> None:
        client = as_user(mei)
        client.post(reverse("add_endpoint"), self.fields(plant, url=f"{provider.url}/hook"))
        made = Endpoint.objects.get()
        page = client.post(reverse("test_endpoint", args=[made.pk]), follow=True, headers=ENGLISH)
        assert ["on its way" in page.content.decode(), provider.keys] == [True, []]
        look = reverse("endpoint_deliveries", args=[made.pk])
        assert f'hx-get="{look}"' in client.get(look, headers=ENGLISH).content.decode()
        work()
        page = client.get(look, headers=ENGLISH)
        # The double knows another secret than the one just made.
        assert "the receiver answered with an error · 401" in page.content.decode()
        assert "hx-get" not in page.content.decode()

    def test_a_second_test_waits_for_the_first(
        self, mei: User, plant: Organisation, as_user: AsUser, provider: Double, work: Callable[[], int]
    ) -> None:
        client = as_user(mei)
        client.post(reverse("add_endpoint"), self.fields(plant, url=f"{provider.url}/hook"))
        send = reverse("test_endpoint", args=[Endpoint.objects.get().pk])
        for _ in range(12):
            client.post(send)
        assert Delivery.objects.count() == 1
        work()
        client.post(send)
        assert Delivery.objects.count() == 2


class TestDeliveries:
    @pytest.fixture
    def dead(
        self, mei: User, plant: Organisation, as_user: AsUser, provider: Double, work: Callable[[], int]
    ) -> Delivery:
        fields = TestEndpoints().fields(plant, channel="wecom", url=f"{provider.url}/wecom?key=wrong")
        as_user(mei).post(reverse("add_endpoint"), fields)
        report(plant)
        work()
        return Delivery.objects.get()

    def test_a_dead_letter_is_seen_and_sent_again_by_those_whom_it_concerns(
        self, mei: User, root: User, dead: Delivery, as_user: AsUser
    ) -> None:
        for person in (mei, root):
            page = as_user(person).get(reverse("deliveries"), headers=ENGLISH).content.decode()
            assert ["errcode 93000" in page, "not deliverable" in page] == [True, True]
        as_user(root).post(reverse("send_again", args=[dead.pk]))
        dead.refresh_from_db()
        assert [dead.state, dead.attempts_allowed] == ["waiting", 9]

    def test_others_see_nothing_of_it(self, alice: User, bo: User, dead: Delivery, as_user: AsUser) -> None:
        page = reverse("delivery", args=[dead.pk])
        assert [as_user(alice).get(page).status_code, as_user(bo).get(page).status_code] == [403, 404]
        assert "errcode" not in as_user(bo).get(reverse("deliveries")).content.decode()
        assert as_user(bo).post(reverse("send_again", args=[dead.pk])).status_code == 404

    def test_who_runs_the_machine_reads_no_message(self, root: User, dead: Delivery, as_user: AsUser) -> None:
        page = as_user(root).get(reverse("delivery", args=[dead.pk]), headers=ENGLISH).content.decode()
        assert ["1 rows." in page, "The report is ready" in page] == [False, False]

    def test_who_runs_the_machine_sees_neither_what_is_told_nor_whom(
        self, mei: User, root: User, plant: Organisation, dead: Delivery, as_user: AsUser
    ) -> None:
        told = [dead.message.key, plant.name_en, plant.code, dead.endpoint.name if dead.endpoint else "?"]
        for person, seen in ((mei, True), (root, False)):
            client = as_user(person)
            one = client.get(reverse("delivery", args=[dead.pk]), headers=ENGLISH).content.decode()
            listed = client.get(reverse("deliveries"), headers=ENGLISH).content.decode()
            workbook = client.get(reverse("deliveries") + "?format=xlsx")
            assert [dead.message.key in page for page in (one, listed)] == [seen, seen]
            if not seen:
                assert [word for word in told if word in one or word in listed] == []
                assert f"Message {dead.message_id}" in one
            assert workbook.status_code == 200
