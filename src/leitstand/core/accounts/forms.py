"""Forms of log-in and second factor: allauth's, with our words and without placeholders."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _


def _dress(
    form: forms.BaseForm, labels: dict[str, Any], helps: dict[str, Any] | None = None
) -> None:
    """Set labels and help texts; take off placeholders, which vanish when one types."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.help_text = (helps or {}).get(name, "")
        if name in labels:
            field.label = labels[name]


def _password_rules() -> str:
    return " ".join(str(text) for text in password_validators_help_texts())


class LoginForm(account.LoginForm):  # type: ignore[misc]
    """User name or e-mail address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, {"login": _("User name or e-mail address"), "password": _("Password")})
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["login"].widget.attrs["autofocus"] = True
        self.fields["login"].max_length = 254


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    """The present password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Present password"),
            "password1": _("New password"),
            "password2": _("New password, once more"),
        }
        _dress(self, labels, {"password1": _password_rules()})


class SetPasswordForm(account.SetPasswordForm):  # type: ignore[misc]
    """A first password for somebody who logs in through the city."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"password1": _("New password"), "password2": _("New password, once more")}
        _dress(self, labels, {"password1": _password_rules()})


class ResetPasswordForm(account.ResetPasswordForm):  # type: ignore[misc]
    """The address of the account; those who log in through the city alone get no link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, {"email": _("E-mail address")})
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        """Keep the accounts that have a password; that there are none is said to nobody."""
        address: str = super().clean_email()
        self.users: list[Any] = [user for user in self.users if user.has_usable_password()]
        return address


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"password1": _("New password"), "password2": _("New password, once more")}
        _dress(self, labels, {"password1": _password_rules()})


class ReauthenticateForm(account.ReauthenticateForm):  # type: ignore[misc]
    """The password again before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, {"password": _("Password")})


_CODE_HELP = _("Six digits from the app, or one of your emergency codes.")


class AuthenticateForm(mfa.AuthenticateForm):  # type: ignore[misc]
    """The code at log-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, {"code": _("One-time code")}, {"code": _CODE_HELP})


class ReauthenticateCodeForm(mfa.ReauthenticateForm):  # type: ignore[misc]
    """The code before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, {"code": _("One-time code")}, {"code": _CODE_HELP})


class ActivateTOTPForm(totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helps = {"code": _("The six digits that the app shows now.")}
        _dress(self, {"code": _("Code from the app")}, helps)


class AddWebAuthnForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """The name of a new security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helps = {"name": _("By this name you recognise the key later.")}
        _dress(self, {"name": _("Name of the key")}, helps)


class EditWebAuthnForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, {"name": _("Name of the key")})
