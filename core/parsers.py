"""Reads JSON bodies and refuses, in words, those that no program means to send: too large, too deep, not text."""

import json
import re
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from rest_framework import exceptions, status
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


class BodyTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class CarefulJSONParser(JSONParser):
    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(largest + 1)
        if len(body) > largest:
            raise BodyTooLarge(gettext("The request is larger than this service reads."))
        try:
            said = json.loads(body.decode("utf-8"), parse_constant=strict_constant)
            if _HALF_CHARACTER.search(body):
                # Half of a surrogate pair is no character: it could be neither stored nor sent back.
                json.dumps(said, ensure_ascii=False).encode("utf-8")
        except UnicodeError:
            raise exceptions.ParseError(gettext("The request is not valid UTF-8 text.")) from None
        except ValueError as error:
            raise exceptions.ParseError(
                gettext("The request is not valid JSON: %(error)s") % {"error": error}
            ) from None
        except RecursionError:
            raise exceptions.ParseError(gettext("The request is nested too deeply.")) from None
        return said
