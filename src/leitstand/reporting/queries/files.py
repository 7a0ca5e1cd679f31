"""A report as a file in one of the formats, DOCX in the city's own template if one is chosen."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Unavailable
from leitstand.core.files import store
from leitstand.reporting.domain import covers
from leitstand.reporting.output import word_template
from leitstand.reporting.output.formats import FORMATS
from leitstand.reporting.output.written import Written
from leitstand.reporting.queries.reports import Reading


def written(read: Reading, form: str) -> Written:
    """The report in the format; raises ``Refused`` or ``Unavailable`` with what to do."""
    document, template = read.document(), read.report.template
    if form != "docx" or template is None:
        return FORMATS[form].write(document)
    try:
        data = store.path_of(template.file.sha256).read_bytes()
    except OSError:
        text = _("The file of the template “%(name)s” is missing; upload it again.")
        raise Unavailable(text % {"name": template.name}) from None
    names = (*covers.every_field(), *template.own_fields)
    with translation.override(document.language):
        return word_template.into_template(document, data, names)
