import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone

from core.errors import RuleViolation
from core.models import Submission
from core.submissions import KeyUsed, digest_of, forget_before, new_key, once


def newcomer():
    return get_user_model().objects.create_user(f"newcomer{get_user_model().objects.count()}")


def test_sending_twice_does_the_deed_once_and_gives_the_first_result(maker, noon):
    first = once("k", by=maker, at=noon, do=newcomer)
    second = once("k", by=maker, at=noon, do=newcomer)

    assert first == second
    assert get_user_model().objects.filter(username__startswith="newcomer").count() == 1


def test_another_key_another_person_or_no_key_is_another_deed(maker, stranger, noon):
    made = {
        once("k", by=maker, at=noon, do=newcomer),
        once("l", by=maker, at=noon, do=newcomer),
        once("k", by=stranger, at=noon, do=newcomer),
        once("", by=maker, at=noon, do=newcomer),
        once("", by=maker, at=noon, do=newcomer),
    }

    assert len(made) == 5


def test_a_refused_deed_leaves_the_key_free_and_nothing_written(maker, noon):
    def refuse():
        newcomer()
        raise RuleViolation("No.")

    with pytest.raises(RuleViolation):
        once("k", by=maker, at=noon, do=refuse)

    assert not Submission.objects.exists()
    assert not get_user_model().objects.filter(username__startswith="newcomer").exists()
    assert once("k", by=maker, at=noon, do=newcomer).username.startswith("newcomer")


def test_plain_results_come_back_too(maker, noon):
    assert once("k", by=maker, at=noon, do=lambda: {"rows": 3}) == {"rows": 3}
    assert once("k", by=maker, at=noon, do=lambda: None) == {"rows": 3}


def test_a_key_is_bound_to_what_was_sent_with_it(maker, noon):
    first = once("k", content="a", by=maker, at=noon, do=newcomer)

    with pytest.raises(KeyUsed, match="other content"):
        once("k", content="b", by=maker, at=noon, do=newcomer)

    assert once("k", content="a", by=maker, at=noon, do=newcomer) == first
    assert get_user_model().objects.filter(username__startswith="newcomer").count() == 1


def test_what_was_sent_is_told_apart_by_address_names_values_and_the_bytes_of_files():
    def sent(address="/a/", name="n", value="v", file=b"same size 1"):
        upload = SimpleUploadedFile("f.pdf", file)
        digest = digest_of(address, [(name, [value]), ("file", [upload])])
        assert upload.read() == file
        return digest

    assert sent() == sent()
    others = {sent(), sent(address="/b/"), sent(name="m"), sent(value="w"), sent(file=b"same size 2")}
    assert len(others) == 5


def test_a_result_removed_meanwhile_is_said_in_words(maker, noon):
    once("k", by=maker, at=noon, do=newcomer).delete()

    with pytest.raises(RuleViolation, match="removed since"):
        once("k", by=maker, at=noon, do=newcomer)


def test_a_key_that_is_no_key_of_ours_is_refused(maker, noon):
    with pytest.raises(RuleViolation, match="damaged"):
        once("x" * 65, by=maker, at=noon, do=newcomer)

    assert len(new_key()) <= 64
    assert new_key() != new_key()


def test_old_keys_are_forgotten(maker, noon):
    once("k", by=maker, at=noon, do=newcomer)

    forget_before(noon)
    assert Submission.objects.count() == 1
    forget_before(noon + timedelta(seconds=1))
    assert Submission.objects.count() == 0


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_do_the_deed_once(maker):
    together, got = threading.Barrier(4), []

    def click():
        together.wait(10)
        got.append(once("k", by=maker, at=timezone.now(), do=newcomer).pk)
        connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join(30)

    assert len(got) == 4
    assert len(set(got)) == 1
