"""All addresses of the product."""

from __future__ import annotations

from django.urls import include, path

from leitstand.api import api
from leitstand.shell.web import set_language

urlpatterns = [
    path("api/v1/", api.urls),  # first: no other address begins so, and most requests of programs do
    path("", include("leitstand.shell.urls")),
    path("", include("leitstand.sensing.web.urls")),
    path("", include("leitstand.portfolio.web.urls")),
    path("", include("leitstand.planning.web.urls")),
    path("", include("leitstand.reporting.web.urls")),
    path("oeffentlich/", include("leitstand.portfolio.web.urls_public")),
    path("", include("leitstand.core.administration.urls")),
    path("", include("leitstand.core.comments.urls")),
    path("", include("leitstand.core.saved.urls")),
    path("", include("leitstand.core.ui.urls")),
    path("konto/", include("leitstand.core.accounts.urls")),
    path("sprache/setlang/", set_language, name="set_language"),
]
# Pages; below /api/ problem documents.
handler400 = "leitstand.core.administration.api_errors.bad_request"
handler403 = "leitstand.core.ui.web.permission_denied"
handler404 = "leitstand.core.administration.api_errors.page_not_found"
handler500 = "leitstand.core.administration.api_errors.server_error"
