"""Upload handler that stops reading at the limit instead of filling the disk."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from leitstand.core.files import store


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to a temporary file; above the limit it raises ``Refused``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seen = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file in the data folder's ``tmp``."""
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a chunk; raises ``Refused`` above the limit, ``Unavailable`` on a full disk."""
        self._seen += len(raw_data)
        if self._seen > settings.CONFIG.max_upload:
            self.upload_interrupted()  # removes what is there; the parser would leave it behind
            raise store.too_large()
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as problem:
            self.upload_interrupted()
            if problem.errno == errno.ENOSPC:
                raise store.disk_problem(problem) from problem
            raise
