"""Rules and reasons of the traffic lights in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.portfolio.domain.lights import KINDS, Reason, Rule, Unit
from leitstand.portfolio.models import MandatoryConsultation, Obstacle

Values = Mapping[str, Any]


def words(reason: Reason) -> str:
    """The sentence of a reason, with its numbers; a text that is unknown shows the rule's name."""
    say = _SENTENCES.get(reason.text_id)
    if say is None:
        return rule_name(reason.rule)
    try:
        return say(reason.values)
    except (KeyError, TypeError, ValueError):
        return rule_name(reason.rule)


def rule_name(kind: str) -> str:
    """What a kind of rule looks at."""
    return str(NAMES[kind][0]) if kind in NAMES else kind


def rule_help(kind: str) -> str:
    """How a kind of rule counts."""
    return str(NAMES[kind][1]) if kind in NAMES else ""


def threshold(rule: Rule, light: str) -> str:
    """When a rule proposes the colour: "from 30 days", "—" for never."""
    kind = KINDS[rule.kind]
    value = rule.red if light == "red" else rule.yellow
    if value is None:
        return "—"
    if kind.unit is Unit.YES:
        return _("if so")
    amount = _amount(kind.unit, value)
    text = _("up to %(amount)s left") if kind.falling else _("from %(amount)s")
    return text % {"amount": amount}


def _amount(unit: Unit, value: int) -> str:
    if unit is Unit.DAYS:
        return _days(value)
    if unit is Unit.PERCENT:
        return f"{value} %"
    return ngettext("%(n)d point", "%(n)d points", value) % {"n": value}


def _days(number: Any) -> str:
    count = int(number)
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def _day(text: Any) -> str:
    return date_format(date.fromisoformat(str(text)), "SHORT_DATE_FORMAT")


def _euro(number: Any) -> str:
    return f"{number_format(number, use_l10n=True, force_grouping=True)} €"


def _more(text: str, number: int) -> str:
    """A sentence about the worst of several says how many others there are."""
    if number <= 1:
        return text
    return f"{text} ({_('%(number)d altogether') % {'number': number}})"


def _end_days(v: Values) -> str:
    return _("End %(days)s behind the baseline “%(plan)s”") % {
        "days": _days(v["days"]), "plan": v["plan"],
    }  # fmt: skip


def _end_share(v: Values) -> str:
    text = _("The delay of %(days)s is %(share)s of the duration in the baseline “%(plan)s”")
    return text % {"days": _days(v["days"]), "share": f"{v['share']} %", "plan": v["plan"]}


def _end_passed(v: Values) -> str:
    text = _("The planned end (%(end)s) passed %(days)s ago")
    return text % {"end": _day(v["end"]), "days": _days(v["days"])}


def _milestone_overdue(v: Values) -> str:
    text = _("Milestone “%(title)s” is overdue by %(days)s")
    return _more(text % {"title": v["title"], "days": _days(v["days"])}, v["number"])


def _milestone_moved(v: Values) -> str:
    text = _("Milestone “%(title)s” %(days)s behind the baseline “%(plan)s”")
    return text % {**v, "days": _days(v["days"])}


def _law_date(v: Values) -> str:
    if v["days"] <= 0:
        text = _("Only %(days)s between the end and the date by law (%(due)s)")
    else:
        text = _("End %(days)s behind the date by law (%(due)s)")
    return text % {"days": _days(abs(v["days"])), "due": _day(v["due"])}


def _law_date_open(v: Values) -> str:
    text = _("There is a date by law (%(due)s), but no planned end")
    return text % {"due": _day(v["due"])}


def _own_date(v: Values) -> str:
    text = _("End %(days)s behind the self-set date (%(due)s)")
    return text % {"days": _days(v["days"]), "due": _day(v["due"])}


def _dependency(v: Values) -> str:
    text = _("A predecessor ends %(days)s too late")
    return _more(text % {"days": _days(v["days"])}, v["number"])


def _money(text: Any) -> Callable[[Values], str]:
    def say(v: Values) -> str:
        used, planned = _euro(v["used"]), _euro(v["planned"])
        return str(text) % {"share": f"{v['share']} %", "used": used, "planned": planned}

    return say


def _no_budget(_values: Values) -> str:
    return _("The project is running, but no budget is planned")


def _funding(v: Values) -> str:
    text = _("The deadline of the funding “%(title)s” is in %(days)s (%(day)s)")
    return text % {"title": v["title"], "days": _days(v["days"]), "day": _day(v["deadline"])}


def _funding_passed(v: Values) -> str:
    text = _("The deadline of the funding “%(title)s” passed %(days)s ago (%(day)s)")
    return text % {"title": v["title"], "days": _days(v["days"]), "day": _day(v["deadline"])}


def _obstacle_title(v: Values) -> str:
    return str(v["title"] or dict(Obstacle.Kind.choices).get(v["kind"], v["kind"]))


def _obstacle(v: Values) -> str:
    text = _("Obstacle “%(title)s” open for %(days)s")
    return _more(text % {"title": _obstacle_title(v), "days": _days(v["days"])}, v["number"])


def _obstacle_undated(v: Values) -> str:
    return _more(_("Obstacle “%(title)s” is open") % {"title": _obstacle_title(v)}, v["number"])


def _risk(text: Any) -> Callable[[Values], str]:
    return lambda v: str(text) % v


def _stale(v: Values) -> str:
    text = _("Last status report %(days)s ago (%(day)s)")
    return text % {"days": _days(v["days"]), "day": _day(v["day"])}


def _consultation(v: Values) -> str:
    kind = dict(MandatoryConsultation.Kind.choices).get(v["kind"], v["kind"])
    text = _("Mandatory consultation (%(kind)s) is overdue by %(days)s")
    return _more(text % {"kind": kind, "days": _days(v["days"])}, v["number"])


def _progress(v: Values) -> str:
    text = _("Progress %(progress)s, but %(expected)s of the time has passed")
    return text % {"progress": f"{v['progress']} %", "expected": f"{v['expected']} %"}


def _time_used(v: Values) -> str:
    return _("%(share)s of the planned time has passed") % {"share": f"{v['share']} %"}


def _no_lead(_values: Values) -> str:
    return _("Nobody leads the project")


_SENTENCES: Mapping[str, Callable[[Values], str]] = {
    "end_days": _end_days,
    "end_share": _end_share,
    "end_passed": _end_passed,
    "milestone_overdue": _milestone_overdue,
    "milestone_moved": _milestone_moved,
    "law_date": _law_date,
    "law_date_open": _law_date_open,
    "own_date": _own_date,
    "dependency": _dependency,
    "money_spent": _money(
        gettext_lazy("%(share)s of the planned money spent: %(used)s of %(planned)s")
    ),
    "money_committed": _money(
        gettext_lazy("%(share)s of the planned money committed: %(used)s of %(planned)s")
    ),
    "no_budget": _no_budget,
    "funding_deadline": _funding,
    "funding_passed": _funding_passed,
    "obstacle": _obstacle,
    "obstacle_undated": _obstacle_undated,
    "risk_open": _risk(
        gettext_lazy(
            "Risk “%(title)s” without a measure: %(probability)d × %(impact)d = %(points)d points"
        )
    ),
    "risk_treated": _risk(
        gettext_lazy(
            "Risk “%(title)s” in spite of a measure: %(probability)d × %(impact)d = %(points)d points"
        )
    ),
    "stale": _stale,
    "consultation": _consultation,
    "progress": _progress,
    "time_used": _time_used,
    "time_used_progress": lambda v: _progress({**v, "expected": v["share"]}),
    "no_lead": _no_lead,
}
NAMES: Mapping[str, tuple[Any, Any]] = {
    "end_days": (
        gettext_lazy("End behind the baseline"),
        gettext_lazy(
            "Days between the baseline's end and the planned end, or today if that has passed."
        ),
    ),
    "end_share": (
        gettext_lazy("End behind the baseline, in percent"),
        gettext_lazy("The same delay as a share of the duration in the baseline."),
    ),
    "end_passed": (
        gettext_lazy("Planned end has passed"),
        gettext_lazy("Days since the planned end of a project that is still open."),
    ),
    "time_used": (
        gettext_lazy("Planned time nearly over"),
        gettext_lazy(
            "Percent of the planned time that has passed, unless the progress keeps up with it. "
            "Many slips become known only towards the end."
        ),
    ),
    "milestone_overdue": (
        gettext_lazy("Milestone overdue"),
        gettext_lazy("Days since the oldest milestone that was missed."),
    ),
    "milestone_moved": (
        gettext_lazy("Milestone behind the baseline"),
        gettext_lazy("Days by which the open milestone moved farthest lies behind the baseline."),
    ),
    "law_date": (
        gettext_lazy("Date by law at risk"),
        gettext_lazy(
            "Days by which the end lies behind the date by law; a missing end counts as one "
            "day. A negative number demands a reserve."
        ),
    ),
    "own_date": (
        gettext_lazy("Self-set date at risk"),
        gettext_lazy("Days by which the end lies behind a date that the city set itself."),
    ),
    "dependency": (
        gettext_lazy("Predecessor ends too late"),
        gettext_lazy("Days by which the latest predecessor ends too late for this project."),
    ),
    "stale": (
        gettext_lazy("Status report too old"),
        gettext_lazy("Days since the last status report."),
    ),
    "money_used": (
        gettext_lazy("More money than planned"),
        gettext_lazy(
            "Committed or spent money (whichever is more) in percent of the planned money "
            "over all years, follow-up costs left out."
        ),
    ),
    "no_budget": (
        gettext_lazy("No budget"),
        gettext_lazy("A running or paused project without planned money."),
    ),
    "funding_deadline": (
        gettext_lazy("Deadline of a funding"),
        gettext_lazy("Days that are left until the next deadline of a planned or granted funding."),
    ),
    "capacity": (
        gettext_lazy("Obstacle: nobody to do the work"),
        gettext_lazy(
            "Age in days of the oldest open obstacle “no staff capacity” or “no additional "
            "posts”; 0: at once."
        ),
    ),
    "no_lead": (
        gettext_lazy("No project lead"),
        gettext_lazy("No active person has the role of the project lead."),
    ),
    "progress": (
        gettext_lazy("Progress behind the time"),
        gettext_lazy(
            "Percentage points by which the progress of a running project lags behind the "
            "time that has passed."
        ),
    ),
    "consultation": (
        gettext_lazy("Mandatory consultation overdue"),
        gettext_lazy(
            "Days since the oldest mandatory consultation that should have been finished."
        ),
    ),
    "risk_open": (
        gettext_lazy("High risk without a measure"),
        gettext_lazy(
            "Probability × impact of the worst open risk without a measure, from 1 to 25."
        ),
    ),
    "risk_treated": (
        gettext_lazy("High risk in spite of a measure"),
        gettext_lazy(
            "Probability × impact of the worst open risk that has a measure, from 1 to 25."
        ),
    ),
    "obstacle": (
        gettext_lazy("Other obstacle"),
        gettext_lazy("Age in days of the oldest other open obstacle; 0: at once."),
    ),
}
"""Kind → (name, how it counts)."""
