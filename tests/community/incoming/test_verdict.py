"""Whether the sender is who they say they are: the own mail host says so, in its own field, and nobody else can."""

import pytest

from community.incoming.reading import read
from community.incoming.records import Verdict
from community.incoming.verdict import verdict_of

OWN = "mx.lists.example"
PASS = f"{OWN}; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com"
FAIL = f"{OWN}; dmarc=fail header.from=example.com"


def verdict(*results: str, sender: str = "anna@example.com", authserv: str = OWN) -> Verdict:
    return verdict_of(results, authserv=authserv, sender=sender)


@pytest.mark.parametrize(
    "told",
    [
        PASS,
        PASS.upper(),
        f"{OWN} 1; dmarc=pass header.from=example.com",
        f'"{OWN}"; dmarc=pass header.from="example.com"',
        f"(our host) {OWN} (version) 1; spf=pass smtp.mailfrom=x@y.example;\t dmarc = pass (p=none; it says)"
        " policy.dmarc=none header.from = example.com; dkim=fail header.d=evil.example",
        f"{OWN}; dkim=pass header.i=@example.com header.s=k; spf=pass; dmarc/1=pass header.from=example.com",
        f"{OWN}; dmarc=pass (p=none\\) header.from=evil.example) header.from=example.com",
        f"{OWN}; dmarc=pass action=none header.from=example.com;compauth=pass reason=100",
    ],
)
def test_the_own_host_vouches_for_the_sender(told: str) -> None:
    assert verdict(told) is Verdict.PASS


@pytest.mark.parametrize(
    "told",
    [
        "",
        ";",
        f"{OWN}; none",
        f"{OWN}; spf=pass smtp.mailfrom=anna@example.com; dkim=pass header.d=example.com",
        f"{OWN}; dmarc=none header.from=example.com",
        f"{OWN}; dmarc=bestguesspass header.from=example.com",
        f"{OWN}; dmarc=temperror header.from=example.com",
        f"{OWN}; dmarc=passed header.from=example.com",
        f"{OWN}; dmarc=pass",
        f"{OWN}; dmarc=pass header.from=example.com header.from=evil.example",
        f"{OWN}; arc=pass header.from=example.com",
        f"{OWN}; x=dmarc=pass header.from=example.com",
        f"{OWN}; (dmarc=pass header.from=example.com)",
        f'{OWN}; reason="; dmarc=pass header.from=example.com"',
        f"{OWN}.evil.example; dmarc=pass header.from=example.com",
        f"evil.example; {OWN}; dmarc=pass header.from=example.com",
        f"evil.example {OWN}; dmarc=pass header.from=example.com",
        f"({OWN}); dmarc=pass header.from=example.com",
        f"{OWN} 2; dmarc=pass header.from=example.com",
        PASS + " " * 30_000,
    ],
)
def test_what_is_not_said_is_not_heard(told: str) -> None:
    assert verdict(told) is Verdict.NONE


def test_a_failure_is_a_failure() -> None:
    assert verdict(FAIL) is Verdict.FAIL


@pytest.mark.parametrize("sender", ["anna@evil.example", "anna@sub.example.com", "anna@com", "anna@xexample.com"])
def test_a_pass_for_another_domain_is_a_failure(sender: str) -> None:
    assert verdict(PASS, sender=sender) is Verdict.FAIL


def test_a_domain_of_other_letters_is_compared_as_it_travels() -> None:
    told = f"{OWN}; dmarc=pass header.from=bücher.example"
    assert verdict(told, sender="anna@xn--bcher-kva.example") is Verdict.PASS


def test_fields_of_other_hosts_say_nothing() -> None:
    assert verdict("mx.evil.example; dmarc=pass header.from=example.com") is Verdict.NONE
    assert verdict("mx.evil.example; dmarc=fail header.from=example.com", PASS) is Verdict.PASS


def test_a_field_the_sender_wrote_below_cannot_help_the_mail() -> None:
    assert verdict(FAIL, PASS) is Verdict.FAIL
    assert verdict(f"{OWN}; spf=pass", PASS) is Verdict.NONE
    assert verdict(f"{OWN}; dmarc=none header.from=example.com", PASS) is Verdict.NONE


def test_fields_that_contradict_each_other_are_a_failure() -> None:
    assert verdict(PASS, FAIL) is Verdict.FAIL
    assert verdict(f"{PASS}; dmarc=fail header.from=example.com") is Verdict.FAIL
    assert verdict(f"{PASS}; dmarc=none header.from=example.com") is Verdict.FAIL


def test_nobody_is_asked_where_it_is_not_known_whose_word_counts() -> None:
    assert verdict(PASS, authserv="") is Verdict.NONE
    assert verdict("; dmarc=pass header.from=example.com", authserv="") is Verdict.NONE
    assert verdict(PASS, sender="") is Verdict.NONE


def test_the_verdict_of_a_message_is_about_the_from_that_is_read() -> None:
    head = f"Authentication-Results: {PASS.replace(' dis', chr(13) + chr(10) + '  dis')}\r\n".encode()
    assert read(head + b"From: Anna <Anna@Example.com>\r\n\r\nx", authserv=OWN).verdict is Verdict.PASS
    assert read(head + b"From: anna@example.com\r\nFrom: a@b.example\r\n\r\nx", authserv=OWN).verdict is Verdict.NONE
    assert read(head + b"From: anna@evil.example\r\n\r\nx", authserv=OWN).verdict is Verdict.FAIL
    arc = f"ARC-Authentication-Results: i=1; {PASS}\r\nX-Authentication-Results: {PASS}\r\n".encode()
    assert read(arc + b"From: anna@example.com\r\n\r\nx", authserv=OWN).verdict is Verdict.NONE
