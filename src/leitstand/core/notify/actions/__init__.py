"""The only writers of notices and of the outbox."""

from leitstand.core.notify.actions.inbox import choose_channels, mark_all_read, mark_read
from leitstand.core.notify.actions.outbox import resend
from leitstand.core.notify.actions.sending import post, send
from leitstand.core.notify.notices import Notice

__all__ = ["Notice", "choose_channels", "mark_all_read", "mark_read", "post", "resend", "send"]
