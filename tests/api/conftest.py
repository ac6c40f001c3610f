"""Programs that call the API in the name of the cast."""

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient


@pytest.fixture
def api():
    """A caller with the token of a person: `api(officer).get("/projects/")`; `api()` has none."""
    return Caller


class Caller(APIClient):
    def __init__(self, person=None):
        super().__init__()
        if person is not None:
            token, _made = Token.objects.get_or_create(user=person)
            self.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")

    def generic(self, method, path, *args, **options):
        path = path.removeprefix("http://testserver")
        return super().generic(method, path if path.startswith("/api/") else f"/api/v1{path}", *args, **options)

    def get(self, path, data=None, **options):
        # The parent puts the path apart before `generic` sees it.
        path = path.removeprefix("http://testserver")
        return super().get(path if path.startswith("/api/") else f"/api/v1{path}", data, **options)
