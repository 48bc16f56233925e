"""Notes are signed by named keys; unknown lines are passed over, false lines of known keys are not."""

from __future__ import annotations

import base64

import pytest

from jinmai.standards import sm2, tlog

TEXT = "example.com/log\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"
LOG = tlog.Ed25519Signer("example.com/log", bytes(range(32)))
WITNESS = tlog.CosignatureSigner("witness.example/w1", bytes(range(1, 33)))


def test_a_note_survives_being_written_and_read() -> None:
    note = tlog.sign(TEXT, [LOG, WITNESS])
    again = tlog.parse_note(str(note))
    assert again == note
    keys = [LOG.verifier, WITNESS.verifier]
    assert [signature.name for signature in again.signed_by(keys)] == [
        "example.com/log",
        "witness.example/w1",
    ]


def test_a_verifier_key_survives_being_written_and_read() -> None:
    for signer in (LOG, WITNESS):
        again = tlog.parse_verifier(str(signer.verifier))
        assert (type(again), str(again)) == (type(signer.verifier), str(signer.verifier))


@pytest.mark.skipif(bool(sm2.absence()), reason=f"SM2 is absent: {sm2.absence()}")
def test_an_sm2_line_stands_beside_the_ed25519_line_and_either_is_enough() -> None:
    second = tlog.Sm2Signer("example.com/log", sm2.PrivateKey.generate())
    note = tlog.sign(TEXT, [LOG, second])
    again = tlog.parse_verifier(str(second.verifier))
    assert len(note.signed_by([LOG.verifier])) == 1
    assert len(note.signed_by([again])) == 1
    assert len(note.signed_by([LOG.verifier, again])) == 2


def test_a_line_of_an_unknown_key_is_passed_over() -> None:
    note = tlog.sign(TEXT, [LOG, WITNESS])
    assert [signature.name for signature in note.signed_by([LOG.verifier])] == ["example.com/log"]


def test_a_note_without_a_known_key_is_refused() -> None:
    with pytest.raises(tlog.NoteError, match="no known key"):
        tlog.sign(TEXT, [LOG]).signed_by([WITNESS.verifier])


def test_a_false_line_of_a_known_key_spoils_the_note() -> None:
    good = tlog.sign(TEXT, [LOG, WITNESS])
    false = good.signatures[1]._replace(value=bytes(72))
    note = tlog.Note(TEXT, (good.signatures[0], false))
    with pytest.raises(tlog.NoteError, match=r"witness\.example/w1 does not hold"):
        note.signed_by([LOG.verifier, WITNESS.verifier])


def test_a_changed_text_is_refused() -> None:
    note = tlog.sign(TEXT, [LOG])._replace(text=TEXT.replace("\n1\n", "\n2\n"))
    with pytest.raises(tlog.NoteError, match="does not hold"):
        note.signed_by([LOG.verifier])


def test_a_cosignature_holds_for_its_time_only() -> None:
    signature = WITNESS.sign(TEXT.encode(), seconds=1_700_000_000)
    assert tlog.cosigned_at(signature) == 1_700_000_000
    assert WITNESS.verifier.verify(TEXT.encode(), signature)
    later = (1_700_000_001).to_bytes(8) + signature[8:]
    assert not WITNESS.verifier.verify(TEXT.encode(), later)
    assert not WITNESS.verifier.verify(TEXT.encode(), signature[:70])


GOOD = str(tlog.sign(TEXT, [LOG]))
LINE = GOOD.split("\n\n")[1]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("text\n", "no empty line"),
        ("text\n\n", "does not end in a signature line"),
        (GOOD.removesuffix("\n"), "does not end in a signature line"),
        (GOOD + "\n", "does not end in a signature line"),
        (GOOD.replace("— ", "- "), "not a signature line"),
        (GOOD.replace("— example.com/log", "— a+b"), "not the name of a key"),
        (GOOD.replace("— example.com/log ", "—  "), "not the name of a key"),
        (GOOD.replace("=\n", "\n"), "base64"),
        (TEXT + "\n— example.com/log AAAA\n", "cut short"),
        ("tab\there\n\n" + LINE, "control character"),
        (TEXT + "\n" + LINE * 65, "at most 64"),
        ("x" * 100_001, "at most 100,000"),
    ],
)
def test_a_note_that_is_not_written_as_it_must_be_is_refused(note: str, said: str) -> None:
    with pytest.raises(tlog.NoteError, match=said):
        tlog.parse_note(note).signed_by([LOG.verifier])


def test_a_note_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(tlog.NoteError, match="UTF-8"):
        tlog.parse_note(b"\xff\n\n" + LINE.encode())


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n1\n\n",
        "a\n01\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "a\n-1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "a\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoA==\n",
        "a\n1\n!\n",
        "a\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n\nb\n",
    ],
)
def test_a_checkpoint_with_a_wrong_line_is_refused(text: str) -> None:
    with pytest.raises(tlog.NoteError):
        tlog.parse_checkpoint(text)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "example.com/foo+530d903a",
        "example.com/foo+00000000+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+!",
        "example.com/foo+530d903a+AQ==",
        "example.com/foo+530d903a+AekyeRrm",
        "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "a+530d903a+" + base64.b64encode(b"\x02" + bytes(32)).decode(),
    ],
)
def test_a_verifier_key_with_a_wrong_part_is_refused(key: str) -> None:
    with pytest.raises(tlog.KeyTextError):
        tlog.parse_verifier(key)
