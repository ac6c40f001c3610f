"""Gives a program its token for a name and password, under the same throttle as the sign-in page."""

from django.contrib.auth import authenticate
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tokens import token_of
from core.api import Arguments, StrictParameters
from core.resources import Refusal


class SignInArguments(Arguments):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class TokenAnswer(serializers.Serializer):
    token = serializers.CharField()


class TokenView(StrictParameters, viewsets.GenericViewSet):
    """Send the token with every request: `Authorization: Token …`."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    serializer_class = SignInArguments
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        tags=["token"],
        auth=[],
        request=SignInArguments,
        responses={
            200: TokenAnswer,
            400: OpenApiResponse(Refusal, "User name or password is wrong."),
            429: OpenApiResponse(Refusal, "Too many failed sign-ins; `Retry-After` says how many seconds to wait."),
        },
    )
    def create(self, request: Request) -> Response:
        reader = SignInArguments(data=request.data)
        reader.is_valid(raise_exception=True)
        # The throttle wants the plain request: it marks it, and its middleware then answers 429.
        person = authenticate(request=request._request, **reader.validated_data)
        if person is None:
            raise exceptions.ValidationError([gettext("User name or password is wrong.")])
        if person.must_change_password:
            raise exceptions.ValidationError([gettext("Sign in on the page first and choose a password of your own.")])
        return Response({"token": token_of(person)})
