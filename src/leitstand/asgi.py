"""One origin: static files and native ASGI routes first, Django as WSGI for everything else.

Django runs as WSGI in a bounded thread pool because its synchronous code costs several times
the CPU on ASGI.
"""

from __future__ import annotations

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstand.settings")

import django

django.setup()

from a2wsgi import WSGIMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.staticfiles.finders import get_finders  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.responses import Response  # noqa: E402
from starlette.routing import BaseRoute, Mount  # noqa: E402
from starlette.staticfiles import StaticFiles  # noqa: E402

from leitstand.core.base.receiving import BodyFirst  # noqa: E402
from leitstand.sensing.web import native  # noqa: E402


class StaticTree(StaticFiles):
    """Static files of all apps; versioned folders (``name@1.2``) never change."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Add how long a browser may keep the file."""
        response = super().file_response(*args, **kwargs)
        path = str(args[0]) if args else str(kwargs["full_path"])
        age = "31536000, immutable" if "@" in path else "600"
        response.headers["Cache-Control"] = f"public, max-age={age}"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _static_folders() -> StaticTree:
    folders = [str(folder) for folder in settings.STATICFILES_DIRS]
    for finder in get_finders():
        folders += [
            str(storage.location)
            for storage in getattr(finder, "storages", {}).values()
            if hasattr(storage, "location")
        ]
    tree = StaticTree(directory=folders[0], check_dir=False)
    tree.all_directories = list(dict.fromkeys(folders))
    return tree


def _pages() -> Any:
    """Django in its pool of threads; a2wsgi and Django type the same interface differently."""
    django_application: Any = get_wsgi_application()
    return WSGIMiddleware(django_application, workers=settings.CONFIG.web_threads)


routes: list[BaseRoute] = [
    Mount("/static", _static_folders()),
    *native.routes,
    Mount("/", _pages()),
]
application = BodyFirst(
    Starlette(routes=routes, lifespan=native.gathered),
    settings.CONFIG.max_upload + (1 << 20),
    folder=settings.FILE_UPLOAD_TEMP_DIR,
)

# What is loaded by now stays for ever. Left to the collector, each of its full runs would look at
# all of it again and stop a request for 90 ms (measured); therefore pages are loaded first.
get_resolver().url_patterns  # noqa: B018 - a property that imports all views
gc.collect()
gc.freeze()
