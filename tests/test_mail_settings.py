"""How the address of a mail server is read from the environment."""

from pathlib import Path

import pytest

from config.environment import BadSetting, Environment, MailServer


def read(value):
    return Environment(Path("no-such-file"), {"MAIL": value}).mail_server("MAIL")


def test_the_scheme_says_port_and_encryption():
    assert read("") is None
    assert read("smtp+tls://bell:p%40ss@mail.example.org") == MailServer(
        "mail.example.org", 587, "bell", "p@ss", use_ssl=False, use_tls=True
    )
    assert read("smtps://mail.example.org:4650") == MailServer(
        "mail.example.org", 4650, "", "", use_ssl=True, use_tls=False
    )
    assert read("smtp://localhost").port == 25


@pytest.mark.parametrize(
    "value", ["mail.example.org", "http://a:secret@mail.example.org", "smtp://", "smtp://a:secret@host:port"]
)
def test_an_address_nobody_can_use_is_refused_without_repeating_its_password(value):
    with pytest.raises(BadSetting) as refused:
        read(value)
    assert "secret" not in str(refused.value)
