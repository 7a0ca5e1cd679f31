"""Addresses of log-in, second factor and sessions: those of allauth's that make sense here.

Accounts are made by administrators, so there is no registration; e-mail addresses come from
there or from the city's log-in, so there is no page for them. Names that allauth itself refers
to lead to a page that says so.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as socialaccount
from allauth.usersessions import views as usersessions
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from leitstand.core.accounts import oidc, web


class _Word(StringConverter):
    """Letters and digits: what stands before the first hyphen of a key."""

    regex = "[0-9A-Za-z]+"


register_converter(_Word, "word")
urlpatterns = [
    path("anmelden/", web.login, name="account_login"),
    path("abmelden/", account.logout, name="account_logout"),
    path("gesperrt/", account.account_inactive, name="account_inactive"),
    path("registrieren/", web.no_signup, name="account_signup"),
    path("passwort-vergessen/", web.forgotten, name="account_reset_password"),
    path(
        "passwort-vergessen/gesendet/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "passwort-vergessen/fertig/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "passwort-vergessen/<word:uidb36>-<str:key>/",
        web.new_password,
        name="account_reset_password_from_key",
    ),
    path("e-mail/", web.to_my_account, name="account_email"),
    path("bestaetigen/", account.reauthenticate, name="account_reauthenticate"),
    path("passwort/", account.password_change, name="account_change_password"),
    path("passwort/festlegen/", account.password_set, name="account_set_password"),
    path("sitzungen/", usersessions.list_usersessions, name="usersessions_list"),
    path("faktor/", mfa.index, name="mfa_index"),
    path("faktor/eingeben/", mfa.authenticate, name="mfa_authenticate"),
    path("faktor/bestaetigen/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("faktor/app/einrichten/", totp.activate_totp, name="mfa_activate_totp"),
    path("faktor/app/entfernen/", web.deactivate_totp, name="mfa_deactivate_totp"),
    path("faktor/notfall/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "faktor/notfall/neu/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "faktor/notfall/datei/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("faktor/schluessel/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("faktor/schluessel/neu/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path(
        "faktor/schluessel/bestaetigen/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "faktor/schluessel/<int:pk>/entfernen/",
        webauthn.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
    path(
        "faktor/schluessel/<int:pk>/umbenennen/", webauthn.edit_webauthn, name="mfa_edit_webauthn"
    ),
    path("stadt/abgebrochen/", socialaccount.login_cancelled, name="socialaccount_login_cancelled"),
    path("stadt/fehler/", socialaccount.login_error, name="socialaccount_login_error"),
    path("stadt/registrieren/", web.no_signup, name="socialaccount_signup"),
    path("stadt/verbindungen/", web.to_my_account, name="socialaccount_connections"),
    path("oidc/<slug:provider_id>/login/", oidc.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", oidc.callback, name="openid_connect_callback"),
]
