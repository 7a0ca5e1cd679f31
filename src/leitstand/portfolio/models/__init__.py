"""ORM models of the portfolio, one file per aggregate."""

from leitstand.portfolio.models.exchange import ImportMapping, ImportRow, ImportRun
from leitstand.portfolio.models.governance import (
    Decision,
    ExternalPartner,
    MandatoryConsultation,
    Obstacle,
    Participation,
    ProjectDocument,
    ProjectPerson,
    Risk,
)
from leitstand.portfolio.models.intake import (
    CLOSED_CASES,
    AdviceCase,
    CaseMessage,
    Need,
    Overlap,
)
from leitstand.portfolio.models.meetings import (
    ActionItem,
    AgendaItem,
    GroupMember,
    Meeting,
    Minutes,
    MinutesAddendum,
    WorkingGroup,
)
from leitstand.portfolio.models.money import BudgetLine, Funding
from leitstand.portfolio.models.plan import (
    Baseline,
    BaselineMilestone,
    Dependency,
    Milestone,
    RoleEffort,
    WaitingTime,
    WorkPackage,
)
from leitstand.portfolio.models.priority import PriorityCriterion, PriorityScore
from leitstand.portfolio.models.project import (
    DatePrecision,
    DueKind,
    Light,
    NumberSeries,
    Phase,
    Project,
    Size,
)
from leitstand.portfolio.models.strategy import FieldOfAction, Goal, Programme, Skill

__all__ = [
    "CLOSED_CASES",
    "ActionItem",
    "AdviceCase",
    "AgendaItem",
    "Baseline",
    "BaselineMilestone",
    "BudgetLine",
    "CaseMessage",
    "DatePrecision",
    "Decision",
    "Dependency",
    "DueKind",
    "ExternalPartner",
    "FieldOfAction",
    "Funding",
    "Goal",
    "GroupMember",
    "ImportMapping",
    "ImportRow",
    "ImportRun",
    "Light",
    "MandatoryConsultation",
    "Meeting",
    "Milestone",
    "Minutes",
    "MinutesAddendum",
    "Need",
    "NumberSeries",
    "Obstacle",
    "Overlap",
    "Participation",
    "Phase",
    "PriorityCriterion",
    "PriorityScore",
    "Programme",
    "Project",
    "ProjectDocument",
    "ProjectPerson",
    "Risk",
    "RoleEffort",
    "Size",
    "Skill",
    "WaitingTime",
    "WorkPackage",
    "WorkingGroup",
]
