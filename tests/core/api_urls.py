"""A small API of our own people, to try what all endpoints share."""

import django_filters
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.urls import include, path
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from core.api import Arguments, CreditCodeSerializerField, DaySerializerField, StrictParameters, WanSerializerField
from core.api_filters import TruthFilter
from core.errors import RuleViolation, StaleEdit
from core.filters import StrictFilterSet


class PersonFilter(StrictFilterSet):
    named = django_filters.CharFilter(field_name="username")
    active = TruthFilter(field_name="is_active")


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = get_user_model()
        fields = ["id", "username"]


class Pledge(Arguments):
    total_wan = WanSerializerField()
    signed_on = DaySerializerField()
    credit_code = CreditCodeSerializerField(required=False, allow_blank=True)
    note = serializers.CharField(required=False)
    parts = serializers.ListField(child=serializers.IntegerField(), required=False)


ERRORS = {
    "rule": RuleViolation("Too early.", fields={"to": "No such step."}),
    "stale": StaleEdit(current={"username": "new"}),
    "django": DjangoValidationError({"username": ["Taken."]}),
    "missing": Http404("secret"),
    "mine": PermissionDenied("Only managers verify."),
    "theirs": PermissionDenied(),
}


class People(StrictParameters, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = get_user_model().objects.all()
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    ordering = "-id"
    ordering_fields = ("username", "last_login")

    @action(detail=False, methods=["post"])
    def pledge(self, request):
        given = Pledge(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(Pledge(given.validated_data).data)

    @action(detail=False, methods=["post"], url_path="fail/(?P<how>[a-z]+)")
    def fail(self, request, how):
        get_user_model().objects.create_user("half-written")
        raise ERRORS[how]


router = SimpleRouter()
router.register("people", People, basename="person")
urlpatterns = [path("api/", include(router.urls))]
