"""The numbers of people in full, for whoever asks for them and is written down as having asked."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from crm import actions
from crm.models import Contact, Interaction


@require_POST
@never_cache
def contact_reveal(request, pk):
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("company"), pk=pk)
    actions.reveal_contact(contact, at=timezone.now(), by=request.user)
    return _shown(request, {"contact": contact, "company": contact.company, "fragment": "crm/_contact_numbers.html"})


@require_POST
@never_cache
def interaction_reveal(request, pk):
    talks = Interaction.objects.visible_to(request.user).select_related("company", "park")
    talk = get_object_or_404(talks, pk=pk)
    actions.reveal_interaction(talk, at=timezone.now(), by=request.user)
    return _shown(request, {"talk": talk, "company": talk.company, "fragment": "crm/_talk_whole.html"})


def _shown(request, context):
    """The fragment where a script asked for it, else a page around it."""
    context["is_whole"] = True
    is_fragment = bool(getattr(request, "htmx", False))
    return render(request, context["fragment"] if is_fragment else "crm/revealed.html", context)
