"""The description of the API: complete, valid."""

import pytest
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema


@pytest.fixture(scope="module")
def schema():
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        made = SchemaGenerator().get_schema(request=None, public=True)
        said = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    assert not said
    return made


def test_the_description_is_valid_and_complete(schema):
    validate_schema(schema)
    described = set(schema["paths"])
    routed = set(_api_patterns())

    assert len(described) == len(routed)


def _api_patterns():
    for resolver in get_resolver().url_patterns:
        if str(resolver.pattern) == "api/v1/":
            return {str(each.pattern) for each in resolver.url_patterns}
    return set()


def test_every_write_describes_its_refusals(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if method in ("post", "patch", "delete") and "/token/" not in path:
                assert {"400", "403", "409"} <= set(operation["responses"]), (method, path)
                example = operation["responses"]["409"]["content"]["application/json"]["examples"]
                assert example


def test_every_operation_is_under_a_heading(schema):
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            assert operation["tags"] != ["api"], path
