"""Versions of what can be seen as of a day; written by triggers, read by ``core.history``."""

from __future__ import annotations

from leitstand.core.history.tracked import keep_once, period_of
from leitstand.portfolio.models import (
    governance,
    indicator,
    intake,
    meetings,
    money,
    plan,
    priority,
    rollout,
    rounds,
    status_rules,
    strategy,
    warning,
)
from leitstand.portfolio.models.project import Project

ProjectPeriod = period_of(Project, __name__)
ProjectFieldsOfActionPeriod = period_of(Project.fields_of_action.through, __name__)
ProjectGoalsPeriod = period_of(Project.goals.through, __name__)

FieldOfActionPeriod = period_of(strategy.FieldOfAction, __name__)
GoalPeriod = period_of(strategy.Goal, __name__)
ProgrammePeriod = period_of(strategy.Programme, __name__)
SkillPeriod = period_of(strategy.Skill, __name__)

ParticipationPeriod = period_of(governance.Participation, __name__)
ProjectPersonPeriod = period_of(governance.ProjectPerson, __name__)
MandatoryConsultationPeriod = period_of(governance.MandatoryConsultation, __name__)
RiskPeriod = period_of(governance.Risk, __name__)
ObstaclePeriod = period_of(governance.Obstacle, __name__)
DecisionPeriod = period_of(governance.Decision, __name__)
ProjectDocumentPeriod = period_of(governance.ProjectDocument, __name__)
ExternalPartnerPeriod = period_of(governance.ExternalPartner, __name__)

MilestonePeriod = period_of(plan.Milestone, __name__)
WorkPackagePeriod = period_of(plan.WorkPackage, __name__)
RoleEffortPeriod = period_of(plan.RoleEffort, __name__)
WaitingTimePeriod = period_of(plan.WaitingTime, __name__)
DependencyPeriod = period_of(plan.Dependency, __name__)
BaselinePeriod = period_of(plan.Baseline, __name__)
BaselineMilestonePeriod = period_of(plan.BaselineMilestone, __name__)

BudgetLinePeriod = period_of(money.BudgetLine, __name__)
FundingPeriod = period_of(money.Funding, __name__)

PriorityCriterionPeriod = period_of(priority.PriorityCriterion, __name__)
PriorityScorePeriod = period_of(priority.PriorityScore, __name__)

RolloutPeriod = period_of(rollout.Rollout, __name__)
RolloutStepPeriod = period_of(rollout.RolloutStep, __name__)
WavePeriod = period_of(rollout.Wave, __name__)
RolloutUnitPeriod = period_of(rollout.RolloutUnit, __name__)
RolloutCellPeriod = period_of(rollout.RolloutCell, __name__)
RolloutObstaclePeriod = period_of(rollout.RolloutObstacle, __name__)

StatusRulePeriod = period_of(status_rules.StatusRule, __name__)
StatusRoundPeriod = period_of(rounds.StatusRound, __name__)
IndicatorPeriod = period_of(indicator.Indicator, __name__)
IndicatorValuePeriod = period_of(indicator.IndicatorValue, __name__)

EarlyWarningPeriod = period_of(warning.EarlyWarning, __name__)
EarlyWarningProjectsPeriod = period_of(warning.EarlyWarning.projects.through, __name__)
EarlyWarningUnitsPeriod = period_of(warning.EarlyWarning.units.through, __name__)

NeedPeriod = period_of(intake.Need, __name__)
AdviceCasePeriod = period_of(intake.AdviceCase, __name__)
OverlapPeriod = period_of(intake.Overlap, __name__)

WorkingGroupPeriod = period_of(meetings.WorkingGroup, __name__)
GroupMemberPeriod = period_of(meetings.GroupMember, __name__)
MeetingPeriod = period_of(meetings.Meeting, __name__)
AgendaItemPeriod = period_of(meetings.AgendaItem, __name__)
MinutesPeriod = period_of(meetings.Minutes, __name__)
ActionItemPeriod = period_of(meetings.ActionItem, __name__)

# A round of a thousand projects would write two thousand versions that say no more than these rows.
keep_once(rounds.StatusRequest, later=("answered_at",))
keep_once(rounds.RoundReminder)
keep_once(rounds.StatusReport, frozen=True)
keep_once(rounds.StatusLight, frozen=True)
keep_once(intake.CaseMessage)
keep_once(meetings.MinutesAddendum)
