"""Tables of committee reporting: one module per aggregate, all named here."""

from leitstand.reporting.models.council import (
    AgendaItem,
    Consultation,
    CouncilMeeting,
    Follower,
    LeadTime,
    OparlSource,
    Organization,
    Paper,
    PaperKind,
    ResolutionTracking,
    TrackedProject,
    TrackingStep,
)

__all__ = [
    "AgendaItem",
    "Consultation",
    "CouncilMeeting",
    "Follower",
    "LeadTime",
    "OparlSource",
    "Organization",
    "Paper",
    "PaperKind",
    "ResolutionTracking",
    "TrackedProject",
    "TrackingStep",
]
