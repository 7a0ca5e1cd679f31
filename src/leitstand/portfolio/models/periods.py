"""Versions of what can be seen as of a day; written by triggers, read by ``core.history``."""

from __future__ import annotations

from leitstand.core.history.tracked import period_of
from leitstand.portfolio.models import governance, money, plan, priority, rollout, strategy
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
