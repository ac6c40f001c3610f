"""The pages of signing in and out, and of a person's own account."""

from math import ceil

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from accounts import actions
from accounts.forms import PasswordForm, ProfileForm, SignInForm
from accounts.language import remember_language
from accounts.models import Theme, User
from core.errors import RuleViolation


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_initial(self):
        return {"username": self.request.GET.get("username", "").replace("\0", "")[:150]}

    def get_context_data(self, **kwargs):
        if settings.DEMO:
            demo_people = User.objects.filter(is_active=True, is_demo=True)  # scoped: the demo tells everybody
            kwargs["demo_people"] = demo_people.order_by("pk")[:10]
        return super().get_context_data(**kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        chosen = self.request.user.language
        return remember_language(response, chosen) if chosen else response


class SignOut(LogoutView):
    http_method_names = ["post", "options"]


@require_POST
@login_not_required
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return render(request, "400.html", status=400)
    if request.user.is_authenticated:
        actions.choose_language(request.user, language=language, by=request.user)
    return remember_language(redirect(_back(request)), language)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in Theme.values:
        return render(request, "400.html", status=400)
    actions.choose_theme(request.user, theme=theme, by=request.user)
    return redirect(_back(request))


def profile(request: HttpRequest) -> HttpResponse:
    # A copy: a refused form must not change the name shown in the head of the page.
    myself = User.objects.get(pk=request.user.pk)  # scoped: oneself
    form = ProfileForm(request.POST or None, instance=myself)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.edit_profile(
            request.user, full_name=said["full_name"], email=said["email"], at=timezone.now(), by=request.user
        )
        messages.success(request, gettext("Profile saved"))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.change_password(request.user, old=said["old"], new=said["new"], at=timezone.now(), by=request.user)
        except RuleViolation as refused:
            if "old" in refused.fields and _is_guessing(request):
                logout(request)
                messages.error(request, gettext("Five wrong passwords ended this session. Sign in again."))
                return redirect("accounts:sign-in")
            for name, reasons in refused.fields.items():
                form.add_error(name, reasons)
        else:
            update_session_auth_hash(request, request.user)
            request.session.pop("wrong_passwords", None)
            messages.success(request, gettext("Password changed"))
            return redirect("home")
    return render(request, "accounts/password.html", {"form": form, "forced": request.user.must_change_password})


def _is_guessing(request: HttpRequest) -> bool:
    """SECURITY: an open screen must not be a place to try passwords without end."""
    failures = request.session["wrong_passwords"] = request.session.get("wrong_passwords", 0) + 1
    return failures >= settings.AXES_FAILURE_LIMIT


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict | None) -> HttpResponse:
    """Called by the throttle after too many failures: says how long it will last, to people and to programs."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    attempt = (
        AccessAttempt.objects.filter(username=name, ip_address=request.axes_ip_address)  # scoped: the throttle's own
        .order_by("-attempt_time")
        .first()
    )
    until = (attempt.attempt_time if attempt else timezone.now()) + settings.AXES_COOLOFF_TIME
    seconds = max((until - timezone.now()).total_seconds(), 1)
    minutes = ceil(seconds / 60)
    reason = ngettext(
        "Too many failed sign-ins. Try again in %(counter)d minute.",
        "Too many failed sign-ins. Try again in %(counter)d minutes.",
        minutes,
    ) % {"counter": minutes}
    if request.path_info.startswith("/api/"):
        answer: HttpResponse = JsonResponse({"reasons": [reason]}, status=429)
    else:
        answer = render(request, "429.html", {"reason": reason, "until": until}, status=429)
    answer["Retry-After"] = str(ceil(seconds))
    return answer


def _back(request: HttpRequest) -> str:
    """Where the form was; never another site."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else reverse("accounts:sign-in")
