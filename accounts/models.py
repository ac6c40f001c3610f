"""The people who sign in; what they may see and do hangs on their memberships, which live in parks."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    AUTO = "auto", _("Follow the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractUser):
    """A person with a sign-in. Has no rights of its own: see `parks.access`."""

    first_name = None
    last_name = None
    full_name = models.CharField(_("Full name"), max_length=60, blank=True)
    language = models.CharField(_("Language"), max_length=10, blank=True, help_text=_("Empty means Chinese."))
    theme = models.CharField(_("Theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    is_demo = models.BooleanField(_("Demo account"), default=False, editable=False)
    must_change_password = models.BooleanField(_("Must change the password at next sign-in"), default=False)

    objects = UserManager()

    class Meta:
        verbose_name = _("User")
        verbose_name_plural = _("Users")
        ordering = ["username"]

    def __str__(self):
        return self.full_name or self.username

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)
