"""Mail servers as they can be: out of reach, or refusing one address."""

import smtplib

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend


class OutOfReach(BaseEmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError


class RefusingOne(EmailBackend):
    """Refuses whoever is called nobody@; keeps the rest in django.core.mail.outbox."""

    def send_messages(self, messages):
        for message in messages:
            if message.to[0].startswith("nobody@"):
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such person")})
        return super().send_messages(messages)
