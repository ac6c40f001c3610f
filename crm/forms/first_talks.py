"""Forms of first talks, their conflicts, the rules about them, and the transfer of leads."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField, WanFormField
from core.forms import FileField
from core.templatetags.units import day
from crm.actions import PROTECTION_EDITABLE
from crm.forms.asking import AskingForm, IntendedAmount, asked, past_days
from crm.models import FirstTalk, LeadTransfer, PaperKind, ProtectionRule
from crm.models.split import SPLIT_FIELDS
from crm.protection import FREE_GROUNDS, Ground

LONGEST_EXCERPT = 24


class ConversationChoice(forms.ModelChoiceField):
    def label_from_instance(self, talk):
        said = talk.summary if len(talk.summary) <= LONGEST_EXCERPT else f"{talk.summary[:LONGEST_EXCERPT]}…"
        return f"{day(talk.happened_on)} {talk.get_kind_display()} {said}"


def reason_field(label, **options):
    return forms.CharField(label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), **options)


class FirstTalkForm(forms.Form):
    """Asks for the proof of the first contact: a logged conversation, or a day with a paper."""

    interaction = ConversationChoice(
        None, label=_("Conversation that proves it"), required=False, empty_label=_("None of these: I attach a paper")
    )
    first_contact_on = DayFormField(
        label=_("First contact on"), required=False, help_text=_("Taken from the conversation where one is chosen")
    )
    file = FileField(label=_("Proof of the contact"))
    amount_wan = IntendedAmount(label=FirstTalk._meta.get_field("amount_wan").verbose_name)
    amount_wan_usd = WanFormField(
        label=FirstTalk._meta.get_field("amount_wan_usd").verbose_name, required=False, unit="wan"
    )
    chain_fit = forms.CharField(
        label=FirstTalk._meta.get_field("chain_fit").verbose_name,
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    preference = FileField(
        label=_("Written preference of the investor"),
        help_text=_("Asked for where two parks had their first contact on the same day"),
    )

    def __init__(self, *args, conversations, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["interaction"].queryset = conversations
        self.fields["first_contact_on"].quick_dates = past_days(today)
        self.fields["amount_wan_usd"].unit = ""
        self.fields["amount_wan_usd"].help_text = _("In USD 10k, never converted into yuan")


class JudgeForm(forms.Form):
    """Whether the contact is accepted comes with the button."""

    verdict = forms.ChoiceField(choices=[("accepted", _("Accept")), ("rejected", _("Reject"))])
    reason = reason_field(_("Reason, needed for a rejection"), required=False)


class ReasonForm(forms.Form):
    """A deed that needs nothing but its reason."""

    reason = reason_field(_("Reason"))


class PaperForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of document"), choices=PaperKind.choices)
    file = FileField(label=_("File"), required=True)


class SideChoice(forms.ModelChoiceField):
    def label_from_instance(self, side):
        return side.park.name


class DecideForm(forms.Form):
    """Which side, on what ground. Where the rule decides, `ground` says so and only that one is offered."""

    winner = SideChoice(None, label=_("Protection goes to"), empty_label=None, widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=_("Ground"), widget=forms.RadioSelect)
    reasons = forms.CharField(label=_("Reasons"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, sides, ground="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["winner"].queryset = sides
        offered = (Ground(ground),) if ground else FREE_GROUNDS
        self.fields["ground"].choices = [(each.value, each.label) for each in offered]


class DecideAppealForm(forms.Form):
    winner = SideChoice(None, label=_("Protection goes to"), empty_label=None, widget=forms.RadioSelect)
    reasons = forms.CharField(label=_("Reasons"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, sides, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["winner"].queryset = sides


class ProtectionRuleForm(AskingForm):
    """The thresholds are typed in 亿元 and in 万美元."""

    model = ProtectionRule
    asks = PROTECTION_EDITABLE

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        label = self.fields["min_wan"].label
        self.fields["min_wan"] = WanFormField(label=label, unit="yi")
        self.fields["min_wan_usd"].unit = ""
        self.fields["min_wan_usd"].help_text = _("In USD 10k, never converted into yuan")
        for name in ("period_days", "silent_days", "appeal_days"):
            self.fields[name].unit = _("days")
        self.order_fields(PROTECTION_EDITABLE)


def split_fields():
    """The five terms of a split with their defaults filled in."""
    fields = asked(LeadTransfer, SPLIT_FIELDS)
    for name, field in fields.items():
        field.unit = "%" if name.endswith("_pct") else _("years") if name.endswith("_years") else ""
    for name in ("tax_pct", "indicator_pct"):
        fields[name].help_text = _("0 to 100; the rest is the landing park's")
    return fields


def with_default_split(data):
    """A form sent without the terms means the defaults; a field sent empty is still refused."""
    if data is None or all(name in data for name in SPLIT_FIELDS):
        return data
    filled = data.copy()
    for name in SPLIT_FIELDS:
        filled.setdefault(name, str(LeadTransfer._meta.get_field(name).default))
    return filled


class LeadTransferForm(forms.Form):
    """流转 of a lead: where to, why, and how the two parks share."""

    to_park = forms.ModelChoiceField(label=_("To park"), queryset=None, empty_label=_("Choose the park"))
    effective_on = DayFormField(label=_("Happened on"))
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data=None, *args, parks, today, **kwargs):
        super().__init__(with_default_split(data), *args, **kwargs)
        self.fields["to_park"].queryset = parks
        self.fields["effective_on"].quick_dates = past_days(today)
        self.fields["effective_on"].initial = today
        self.fields |= split_fields()


def remainders(form):
    """What is left to the landing park of both kinds, in a sentence; "" while the percents are not understood."""
    left = []
    for name in ("tax_pct", "indicator_pct"):
        try:
            kept = form.fields[name].clean(form[name].value())
        except forms.ValidationError:
            return ""
        left.append(f"{(100 - kept).normalize():f} %")
    return gettext("The landing park gets %(tax)s of the tax and %(indicators)s of the indicators.") % {
        "tax": left[0],
        "indicators": left[1],
    }
