"""A person's one token, by which programs sign in: given for a password, gone with it."""

from rest_framework.authtoken.models import Token

from accounts.models import User


def token_of(person: User) -> str:
    token, _made = Token.objects.get_or_create(user=person)
    return token.key


def forget_token(person: User) -> None:
    """SECURITY: a new password must shut out whoever held the old one."""
    Token.objects.filter(user=person).delete()
