"""Background work of the shell: the report of a barrier by mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.jobs import registry
from leitstand.core.jobs.running import JobRun
from leitstand.shell.actions import FEEDBACK_MAIL
from leitstand.shell.context import site
from leitstand.shell.models import AccessibilityFeedback


def register() -> None:
    """Register the handler."""
    registry.register(FEEDBACK_MAIL, gettext_lazy("Sending the report of a barrier"), send_feedback)


def send_feedback(run: JobRun) -> dict[str, Any]:
    """Send the report to the site's address; nothing to do if it has been closed meanwhile."""
    row = AccessibilityFeedback.objects.filter(pk=run.args["feedback"], closed_at=None).first()
    here = site()
    if row is None or not here.feedback_email:
        return {"sent": 0}
    link = settings.CONFIG.base_url + reverse("shell:feedback_list")
    body = "\n\n".join(
        [
            row.text,
            _("Page: %(page)s") % {"page": row.page or _("no statement")},
            _("Answer to: %(email)s") % {"email": row.email or _("no answer wanted")},
            _("All reports: %(link)s") % {"link": link},
        ]
    )
    message = EmailMessage(
        subject=_("Barrier reported: %(city)s") % {"city": " ".join(here.city.split())},
        body=body,
        from_email=here.feedback_email,
        to=[here.feedback_email],
        reply_to=[row.email] if row.email else None,
    )
    return {"sent": message.send()}
