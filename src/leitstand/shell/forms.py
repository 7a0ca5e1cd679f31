"""Forms of the shell: site settings, legal texts, the report of a barrier."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstand.shell.actions import LONGEST_FEEDBACK, LONGEST_TEXT
from leitstand.shell.models import Licence


class SiteForm(forms.Form):
    """Names and words of the city."""

    city = forms.CharField(
        label=_("Name of the city or county"),
        help_text=_("As it stands in the header of every page, for example “Musterstadt”."),
        max_length=120,
        required=False,
    )
    unit_label = forms.CharField(
        label=_("Unit of staff"),
        help_text=_("How your city names full-time equivalents: VZÄ or VZW."),
        max_length=20,
    )
    feedback_email = forms.EmailField(
        label=_("E-mail for reported barriers"),
        help_text=_(
            "Reports are always listed under “Reported barriers”; with an address here they are "
            "also sent by mail, if the operator has set up mail."
        ),
        required=False,
    )
    data_licence = forms.ChoiceField(
        label=_("Licence of the published data"),
        choices=Licence.choices,
        help_text=_("Stated with the open data (JSON, CSV, feed) of published projects."),
        required=False,
    )
    security_contact = forms.CharField(
        label=_("Contact for security reports"),
        help_text=_(
            "E-mail or web address. It is published in security.txt, so that finders of "
            "vulnerabilities know whom to tell."
        ),
        max_length=200,
        required=False,
    )
    source_url = forms.URLField(
        label=_("Address of the source code"),
        help_text=_("Linked in the footer; of use if your city runs a changed version."),
        required=False,
        assume_scheme="https",
    )
    fieldsets = (
        (_("City"), ["city", "unit_label"]),
        (_("Contacts"), ["feedback_email", "security_contact"]),
        (_("Open data and source code"), ["data_licence", "source_url"]),
    )

    def clean_security_contact(self) -> str:
        """The address as a URI (RFC 9116 takes nothing else)."""
        text = str(self.cleaned_data["security_contact"]).strip()
        if not text or text.startswith(("https://", "mailto:", "tel:")):
            return text
        if "@" in text and " " not in text:
            return f"mailto:{text}"
        raise forms.ValidationError(
            _("Give an e-mail address or an address beginning with https://.")
        )


class TextForm(forms.Form):
    """A legal text."""

    body = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 24}),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=_(
            "An empty line begins a new paragraph. “# ” begins the title, “## ” a heading, “- ” an "
            "entry of a list. Links: [text](https://…). **Two asterisks** make bold."
        ),
    )


class FeedbackForm(forms.Form):
    """Report of a barrier; ``website`` is a trap for programs and not shown to people."""

    text = forms.CharField(
        label=_("Which barrier did you meet?"),
        help_text=_("What did you want to do, and what did not work?"),
        widget=forms.Textarea(attrs={"rows": 7}),
        max_length=LONGEST_FEEDBACK,
    )
    page = forms.CharField(
        label=_("On which page?"),
        help_text=_("The address of the page, if you know it."),
        max_length=300,
        required=False,
    )
    email = forms.EmailField(
        label=_("Your e-mail address (optional)"),
        help_text=_(
            "Only if you want an answer. We delete it as soon as your report has been dealt with."
        ),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def is_from_a_program(self) -> bool:
        """Whether the trap was filled in."""
        data: Any = self.data
        return bool(data.get("website"))
