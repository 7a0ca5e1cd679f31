"""All addresses of the product."""

from __future__ import annotations

from django.urls import include, path

from leitstand.api import api

urlpatterns = [
    path("", include("leitstand.shell.urls")),
    path("", include("leitstand.portfolio.web.urls")),
    path("", include("leitstand.core.administration.urls")),
    path("", include("leitstand.core.ui.urls")),
    path("konto/", include("leitstand.core.accounts.urls")),
    path("sprache/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
]
handler400 = "leitstand.core.ui.web.bad_request"
handler403 = "leitstand.core.ui.web.permission_denied"
handler404 = "leitstand.core.ui.web.page_not_found"
handler500 = "leitstand.core.ui.web.server_error"
