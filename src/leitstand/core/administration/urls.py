"""Addresses of the kernel's own pages."""

from __future__ import annotations

from django.urls import path

from leitstand.core.administration import (
    account,
    accounts,
    audit,
    imports,
    jobs,
    notices,
    outbox,
    people,
    privacy,
    resource,
    roles,
    units,
)

app_name = "administration"
_UNIT = "verwaltung/einheiten/<uuid:unit_id>/"
_ACCOUNT = "verwaltung/konten/<uuid:account_id>/"
urlpatterns = [
    path("id/<slug:kind>/<uuid:identifier>", resource.resource, name="resource"),
    path("mein-konto/", account.account, name="account"),
    path("mein-konto/sprache/", account.language, name="language"),
    path("mein-konto/token/neu/", account.token_new, name="token_new"),
    path("mein-konto/token/<uuid:token_id>/", account.token_revoke, name="token_revoke"),
    path("mitteilungen/", notices.notices, name="notices"),
    path("mitteilungen/gelesen/", notices.notices_read, name="notices_read"),
    path("mitteilungen/einstellungen/", notices.notice_preferences, name="notice_preferences"),
    path("mitteilungen/<uuid:notice_id>/", notices.notice_open, name="notice_open"),
    path("mein-konto/auskunft/", privacy.my_data, name="my_data"),
    path("verwaltung/datenschutz/", privacy.privacy, name="privacy"),
    path("verwaltung/datenschutz/auskunft/", privacy.privacy_about, name="privacy_about"),
    path("verwaltung/datenschutz/schreddern/", privacy.privacy_shred, name="privacy_shred"),
    path(
        "verwaltung/datenschutz/fristen/<slug:code>/", privacy.privacy_period, name="privacy_period"
    ),
    path("verwaltung/datenschutz/lauf/", privacy.privacy_run, name="privacy_run"),
    path("verwaltung/postausgang/", outbox.outbox, name="outbox"),
    path("verwaltung/postausgang/zeit/", outbox.mail_schedule, name="mail_schedule"),
    path("verwaltung/postausgang/<uuid:mail_id>/", outbox.mail_resend, name="mail_resend"),
    path("verwaltung/einheiten/", units.units, name="units"),
    path("verwaltung/einheiten/neu/", units.unit_new, name="unit_new"),
    path("verwaltung/einheiten/import/", imports.units_import, name="units_import"),
    path(_UNIT, units.unit, name="unit"),
    path(f"{_UNIT}umbenennen/", units.unit_rename, name="unit_rename"),
    path(f"{_UNIT}verschieben/", units.unit_move, name="unit_move"),
    path(f"{_UNIT}zusammenlegen/", units.unit_merge, name="unit_merge"),
    path(f"{_UNIT}aufloesen/", units.unit_dissolve, name="unit_dissolve"),
    path("verwaltung/personen/", people.people, name="people"),
    path("verwaltung/personen/neu/", people.person_new, name="person_new"),
    path("verwaltung/personen/import/", imports.people_import, name="people_import"),
    path("verwaltung/personen/<uuid:person_id>/", people.person, name="person"),
    path("verwaltung/konten/", accounts.accounts, name="accounts"),
    path("verwaltung/konten/neu/", accounts.account_new, name="account_new"),
    path(_ACCOUNT, accounts.account_edit, name="account_edit"),
    path(f"{_ACCOUNT}passwort/", accounts.account_password, name="account_password"),
    path(f"{_ACCOUNT}faktor/", accounts.account_factors, name="account_factors"),
    path(f"{_ACCOUNT}rollen/", accounts.role_assign, name="role_assign"),
    path(f"{_ACCOUNT}rollen/<uuid:assignment_id>/", accounts.role_withdraw, name="role_withdraw"),
    path("verwaltung/rollen/", roles.roles, name="roles"),
    path("verwaltung/warum/", roles.why, name="why"),
    path("verwaltung/protokoll/", audit.audit, name="audit"),
    path("verwaltung/protokoll/zweck/", audit.audit_purpose, name="audit_purpose"),
    path("verwaltung/protokoll/csv/", audit.audit_export, name="audit_export"),
    path("verwaltung/protokoll/pruefen/", audit.audit_verify, name="audit_verify"),
    path("verwaltung/auftraege/", jobs.jobs, name="jobs"),
    path("verwaltung/auftraege/<uuid:job_id>/", jobs.job, name="job"),
    path("verwaltung/auftraege/<uuid:job_id>/abbrechen/", jobs.job_cancel, name="job_cancel"),
]
