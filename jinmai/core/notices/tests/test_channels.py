"""Robots, webhooks and text messages against servers that check what the providers check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from jinmai.core.access.api import Organisation, User
from jinmai.core.notices.api import notify
from jinmai.core.notices.channels.outgoing import Outgoing
from jinmai.core.notices.channels.robots import text_of
from jinmai.core.notices.channels.webhook import NotGenuineError, new_secret, signature, verify
from jinmai.core.notices.choices import Channel
from jinmai.core.notices.models import Delivery, Endpoint
from jinmai.core.notices.sealing import seal
from jinmai.core.notices.services.delivering import NotDeadError, deliver, send_again
from jinmai.core.notices.services.endpoints import add_endpoint, send_test, switch_endpoint
from jinmai.core.notices.services.reading import choose
from jinmai.core.notices.tests.doubles import ROBOT_SECRET, WEBHOOK_SECRET, Double

pytestmark = pytest.mark.django_db
Work = Callable[[], int]
SMS = """
url = "{url}/sms"
[fields]
account = "{{account}}"
mobile = "{{phone}}"
content = "【锦脉】{{title}}"
stamp = "{{timestamp}}"
sign = "{{sign}}"
[secrets]
account = "jinmai"
password = "s3cret"
[sign]
algorithm = "md5"
text = "{{account}}{{phone}}{{timestamp}}{{password}}"
[success]
path = "code"
equals = "0"
"""


def endpoint(plant: Organisation, channel: Channel, url: str, secret: str = "") -> Endpoint:
    made, _ = add_endpoint(
        organisation=plant,
        channel=channel,
        name="群",
        url=url,
        secret=secret,
        kinds=[],
        language="zh-hans",
        actor="user:1",
    )
    if channel == Channel.WEBHOOK:
        made.sealed_secret = seal(secret)
        made.save()
    return made


def hook(plant: Organisation, provider: Double) -> Endpoint:
    return endpoint(plant, Channel.WEBHOOK, f"{provider.url}/hook", WEBHOOK_SECRET)


def tell(to: Organisation | User, rows: str = "35,040", key: str = "report:1") -> None:
    with transaction.atomic():
        notify(
            kind="industry.test_report",
            to=to,
            subject="report:1",
            params={"rows": rows},
            key=key,
            href="/industry/",
        )


def come_due() -> None:
    """Let the pause before the next attempt pass."""
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())


class TestRobots:
    def test_dingtalk_takes_a_signed_message(self, plant: Organisation, provider: Double, work: Work) -> None:
        endpoint(plant, Channel.DINGTALK, f"{provider.url}/robot?access_token=t0", ROBOT_SECRET)
        tell(plant)
        work()
        assert provider.taken == ["【锦脉】日报已备好\n共 35,040 行。\nhttps://city.example/industry/"]
        assert Delivery.objects.get().state == "sent"

    def test_dingtalk_refuses_a_wrong_secret_for_good(
        self, plant: Organisation, provider: Double, work: Work
    ) -> None:
        endpoint(plant, Channel.DINGTALK, f"{provider.url}/robot?access_token=t0", "SECwrong")
        tell(plant)
        work()
        delivery = Delivery.objects.get()
        assert [delivery.state, delivery.error, provider.taken] == [
            "dead",
            "errcode 310000: sign not match",
            [],
        ]

    def test_wecom_takes_the_text(self, plant: Organisation, provider: Double, work: Work) -> None:
        endpoint(plant, Channel.WECOM, f"{provider.url}/wecom?key=k0")
        tell(plant)
        work()
        assert provider.taken == ["【锦脉】日报已备好\n共 35,040 行。\nhttps://city.example/industry/"]

    @given(st.text(max_size=3000), st.sampled_from(["", "https://city.example/industry/"]))
    def test_a_long_text_is_cut_so_that_all_fits_and_the_address_stays_whole(
        self, text: str, href: str
    ) -> None:
        message = Outgoing("k", "a.b", "s", datetime.now(UTC), "en", "Title", text, {}, href)
        said = text_of(message, 2048)
        assert len(said.encode()) <= 2048
        assert said.startswith("【锦脉】Title\n")
        assert said.endswith(href)

    def test_a_robot_that_is_asked_too_often_is_asked_again_later(
        self, plant: Organisation, provider: Double, work: Work
    ) -> None:
        endpoint(plant, Channel.WECOM, f"{provider.url}/wecom?key=k0")
        provider.answers = [(200, b'{"errcode": 45009, "errmsg": "api freq out of limit"}', {})]
        tell(plant)
        work()
        delivery = Delivery.objects.get()
        assert [delivery.state, delivery.attempts] == ["waiting", 1]
        assert (delivery.due_at - timezone.now()).total_seconds() > 40
        come_due()
        work()
        assert [Delivery.objects.get().state, len(provider.taken)] == ["sent", 1]


class TestWebhooks:
    def test_a_genuine_message_is_taken_once_whatever_is_repeated(
        self, plant: Organisation, provider: Double, work: Work
    ) -> None:
        hook(plant, provider)
        tell(plant)
        work()
        delivery = Delivery.objects.get()
        # The worker was killed after the receiver took it and before that was written down.
        Delivery.objects.update(state="waiting", attempts=0, sent_at=None)
        deliver.call(delivery.pk, 0)
        assert [len(provider.taken), len(provider.keys), set(provider.keys)] == [1, 2, {str(delivery.key)}]
        assert provider.taken[0]["type"] == "industry.test_report"
        assert provider.taken[0]["data"]["title"] == {"zh": "日报已备好", "en": "The report is ready"}

    def test_an_attempt_that_is_over_is_not_made_again(
        self, plant: Organisation, provider: Double, work: Work
    ) -> None:
        hook(plant, provider)
        tell(plant)
        work()
        deliver.call(Delivery.objects.get().pk, 0)
        assert len(provider.keys) == 1

    def test_a_receiver_that_fails_is_tried_with_growing_pauses_and_then_no_more(
        self, plant: Organisation, provider: Double, work: Work
    ) -> None:
        hook(plant, provider)
        provider.answers = [(500, b"", {})] * 8
        tell(plant)
        work()
        pauses = []
        for _ in range(7):
            waiting = Delivery.objects.get()
            pauses.append((waiting.due_at - timezone.now()).total_seconds())
            come_due()
            work()
        dead = Delivery.objects.get()
        assert [dead.state, dead.attempts, dead.reason, dead.error] == ["dead", 8, "status", "500"]
        ideal = [15, 60, 240, 960, 3840, 15360, 21600]
        assert all(0.75 * wanted < got < 1.25 * wanted for got, wanted in zip(pauses, ideal, strict=True))

    def test_a_receiver_that_names_a_pause_is_given_it(
        self, plant: Organisation, provider: Double, work: Work
    ) -> None:
        hook(plant, provider)
        provider.answers = [(429, b"", {"Retry-After": "3000"})]
        tell(plant)
        work()
        assert 2900 < (Delivery.objects.get().due_at - timezone.now()).total_seconds() <= 3000

    def test_a_dead_one_is_sent_again_with_its_own_key(
        self, plant: Organisation, provider: Double, work: Work
    ) -> None:
        hook(plant, provider)
        provider.answers = [(500, b"", {})]
        tell(plant)
        work()
        Delivery.objects.update(state="dead")
        key = str(Delivery.objects.get().key)
        send_again(delivery=Delivery.objects.get(), actor="user:1")
        work()
        assert [Delivery.objects.get().state, provider.keys] == ["sent", [key]]
        with pytest.raises(NotDeadError):
            send_again(delivery=Delivery.objects.get(), actor="user:1")

    def test_an_address_that_is_gone_gets_nothing_more(
        self, plant: Organisation, provider: Double, work: Work
    ) -> None:
        made = hook(plant, provider)
        provider.answers = [(410, b"", {})]
        tell(plant)
        work()
        made.refresh_from_db()
        assert [Delivery.objects.get().state, made.active] == ["dead", False]
        tell(plant, key="report:2")
        work()
        assert Delivery.objects.count() == 1

    def test_what_waits_for_an_endpoint_switched_off_is_dropped(
        self, plant: Organisation, provider: Double, work: Work
    ) -> None:
        made = hook(plant, provider)
        provider.answers = [(500, b"", {})]
        tell(plant)
        work()
        switch_endpoint(endpoint=made, active=False, actor="user:1")
        come_due()
        work()
        assert [Delivery.objects.get().state, provider.keys] == ["dropped", []]

    def test_a_test_message_is_tried_once(self, plant: Organisation, provider: Double, work: Work) -> None:
        made = hook(plant, provider)
        provider.answers = [(503, b"", {})]
        states = []
        for _ in range(2):
            delivery = send_test(endpoint=made)
            work()
            delivery.refresh_from_db()
            states.append(delivery.state)
        assert states == ["dead", "sent"]

    def test_the_signature_is_that_of_the_standards_example(self) -> None:
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        body = b'{"test": 2432232314}'
        wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == wanted

    def test_every_secret_is_new(self) -> None:
        assert new_secret() != new_secret()


class TestTextMessages:
    def test_a_signed_form_is_taken(self, alice: User, provider: Double, work: Work, tmp_path: Path) -> None:
        (tmp_path / "sms.toml").write_text(SMS.format(url=provider.url), encoding="utf-8")
        choose(
            person=alice,
            language="zh-hans",
            quiet=None,
            wanted={("industry.test_report", "sms"): True, ("industry.test_report", "email"): False},
        )
        tell(alice)
        work()
        assert provider.taken == [("13804160001", "【锦脉】日报已备好")]

    def test_what_the_provider_says_is_kept(
        self, alice: User, provider: Double, work: Work, tmp_path: Path
    ) -> None:
        wrong = SMS.format(url=provider.url).replace("s3cret", "other")
        (tmp_path / "sms.toml").write_text(wrong, encoding="utf-8")
        choose(
            person=alice,
            language="zh-hans",
            quiet=None,
            wanted={("industry.test_report", "sms"): True, ("industry.test_report", "email"): False},
        )
        tell(alice)
        work()
        assert [Delivery.objects.get().state, Delivery.objects.get().error] == [
            "dead",
            "2",
        ]

    def test_without_a_provider_there_are_none(self, alice: User, work: Work) -> None:
        choose(
            person=alice,
            language="zh-hans",
            quiet=None,
            wanted={("industry.test_report", "sms"): True, ("industry.test_report", "email"): False},
        )
        tell(alice)
        work()
        assert Delivery.objects.count() == 0


class TestAReceiver:
    """What ``verify`` holds against who sends in our name."""

    KEY, NOW, BODY = "k", 1_800_000_000, b'{"type": "a.b"}'

    def headers(self, **changes: str) -> dict[str, str]:
        return {
            "webhook-id": self.KEY,
            "webhook-timestamp": str(self.NOW),
            "webhook-signature": signature(WEBHOOK_SECRET, self.KEY, self.NOW, self.BODY),
        } | changes

    def test_takes_what_is_genuine_while_a_secret_changes(self) -> None:
        both = f"v1,b3RoZXI= {signature(WEBHOOK_SECRET, self.KEY, self.NOW, self.BODY)}"
        given = self.headers(**{"webhook-signature": both})
        assert verify(WEBHOOK_SECRET, given, self.BODY, self.NOW + 299) == self.KEY

    @pytest.mark.parametrize(
        ("changes", "body", "later"),
        [
            ({}, b'{"type": "a.c"}', 0),
            ({"webhook-id": "other"}, BODY, 0),
            ({"webhook-timestamp": str(NOW + 1)}, BODY, 0),
            ({"webhook-timestamp": "soon"}, BODY, 0),
            ({"webhook-signature": ""}, BODY, 0),
            ({}, BODY, 301),
            ({}, BODY, -301),
        ],
    )
    def test_refuses_what_was_changed_or_is_old(
        self, changes: dict[str, str], body: bytes, later: int
    ) -> None:
        with pytest.raises(NotGenuineError):
            verify(WEBHOOK_SECRET, self.headers(**changes), body, self.NOW + later)
