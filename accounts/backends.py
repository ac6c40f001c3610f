"""Who may sign in and stay signed in: open accounts, and those of the demo in demo mode only."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from rest_framework import exceptions
from rest_framework.authentication import TokenAuthentication

from accounts.models import User
from core.notices import with_unread


def may_be_used(person: User) -> bool:
    """SECURITY: the demo's accounts share one printed password; a database made in demo mode may be served without."""
    return person.is_active and (settings.DEMO or not person.is_demo)


class AccountBackend(ModelBackend):
    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and may_be_used(user)

    def get_user(self, user_id):
        # As Django does it, with what the bell on every page shows read along.
        person = with_unread(User.objects.all()).filter(pk=user_id).first()  # scoped: oneself
        return person if person and self.user_can_authenticate(person) else None


class AccountTokenAuthentication(TokenAuthentication):
    def authenticate_credentials(self, key):
        person, token = super().authenticate_credentials(key)
        if not may_be_used(person):
            raise exceptions.AuthenticationFailed
        return person, token
