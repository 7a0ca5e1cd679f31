"""Versions of what can be seen as of a day; written by triggers, read by ``core.history``.

Papers and meetings have none: they are documents with days of their own, and a large city mirrors
tens of thousands of them.
"""

from __future__ import annotations

from leitstand.core.history.tracked import keep_once, period_of
from leitstand.reporting.models import council

ResolutionTrackingPeriod = period_of(council.ResolutionTracking, __name__)
TrackedProjectPeriod = period_of(council.TrackedProject, __name__)
keep_once(council.TrackingStep, since="on")
