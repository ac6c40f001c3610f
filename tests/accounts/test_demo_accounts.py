"""The demo's accounts, whose password was printed, are of no use outside demo mode."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.authtoken.models import Token

from core.management.commands.serve import refuse_demo_accounts
from core.models import AuditEntry

PASSWORD = "Nest-for-2-phoenixes"


@pytest.fixture
def demo_officer(officer):
    officer.is_demo = True
    officer.save()
    return officer


def sign_in(client):
    client.post("/sign-in/", {"username": "officer", "password": PASSWORD})
    return client.get("/account/").status_code == 200


def with_token(client, person):
    token, _made = Token.objects.get_or_create(user=person)
    return client.get("/api/v1/projects/", headers={"Authorization": f"Token {token.key}"}).status_code


def test_in_demo_mode_they_open_pages_and_the_api(client, demo_officer):
    assert sign_in(client)
    assert with_token(client, demo_officer) == 200


def test_outside_demo_mode_neither_password_nor_session_nor_token_opens_anything(client, demo_officer, settings):
    assert sign_in(client)

    settings.DEMO = False

    assert client.get("/account/").status_code == 302
    client.cookies.clear()
    assert not sign_in(client)
    assert with_token(client, demo_officer) == 401


def test_outside_demo_mode_everybody_else_works_as_before(client, officer, settings):
    settings.DEMO = False

    assert sign_in(client)
    assert with_token(client, officer) == 200


def test_serving_outside_demo_mode_waits_until_they_are_closed(client, demo_officer, colleague, settings):
    Token.objects.create(user=demo_officer)
    refuse_demo_accounts()
    settings.DEMO = False
    with pytest.raises(CommandError, match=r"^1 demo accounts .*close_demo_accounts.*"):
        refuse_demo_accounts()
    said = StringIO()

    call_command("close_demo_accounts", stdout=said)

    refuse_demo_accounts()
    demo_officer.refresh_from_db()
    colleague.refresh_from_db()
    assert said.getvalue() == "1 demo accounts closed.\n"
    assert (demo_officer.is_active, demo_officer.has_usable_password(), colleague.is_active) == (False, False, True)
    assert not Token.objects.filter(user=demo_officer).exists()
    assert AuditEntry.objects.get().verb == "accounts.close_demo_account"
