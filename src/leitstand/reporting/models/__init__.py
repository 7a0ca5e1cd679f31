"""Tables of committee reporting: one module per aggregate, all named here."""

from leitstand.reporting.models.campaign import Campaign, CampaignFigure
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
from leitstand.reporting.models.periods import ResolutionTrackingPeriod
from leitstand.reporting.models.report import (
    CoSignature,
    Report,
    ReportStep,
    ReportVersion,
    ReportWords,
)
from leitstand.reporting.models.template import PaperTemplate

__all__ = [
    "AgendaItem",
    "Campaign",
    "CampaignFigure",
    "CoSignature",
    "Consultation",
    "CouncilMeeting",
    "Follower",
    "LeadTime",
    "OparlSource",
    "Organization",
    "Paper",
    "PaperKind",
    "PaperTemplate",
    "Report",
    "ReportStep",
    "ReportVersion",
    "ReportWords",
    "ResolutionTracking",
    "ResolutionTrackingPeriod",
    "TrackedProject",
    "TrackingStep",
]
