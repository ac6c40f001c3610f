"""There is one way to change a record, its actions: no generic site stands beside them."""

from django.apps import apps


def test_a_superuser_finds_no_generic_site_beside_the_pages(client, person):
    client.force_login(person("root", is_superuser=True, is_staff=True))

    assert client.get("/admin/").status_code == 404
    assert client.get("/admin/authtoken/tokenproxy/").status_code == 404
    assert not apps.is_installed("django.contrib.admin")
