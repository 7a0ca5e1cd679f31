"""When the reader was here last."""

from __future__ import annotations

import uuid
from datetime import datetime

from leitstand.core.accounts.models import Visit


def last_visit(account_id: uuid.UUID | None) -> datetime | None:
    """Return the end of the account's visit before the present one, if there was one."""
    if account_id is None:
        return None
    rows = Visit.objects.filter(account_id=account_id).values_list("since", flat=True)
    return rows.first()
