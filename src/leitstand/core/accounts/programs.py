"""Browsers and systems in plain words, as far as their own statement tells."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

# In this order: most browsers name their forebears, too.
_BROWSERS = (
    (r"\bEdg(?:e|A|iOS)?/", "Microsoft Edge"),
    (r"\bOPR/|\bOpera\b", "Opera"),
    (r"\bVivaldi/", "Vivaldi"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\bFirefox/|\bFxiOS/", "Firefox"),
    (r"\bHeadlessChrome/|\bChrome/|\bCriOS/|\bChromium/", "Chrome"),
    (r"\bVersion/[\d.]+.*\bSafari/", "Safari"),
    (r"\bcurl/", "curl"),
    (r"\bpython|\bhttpx/|\baiohttp/", "Python"),
)
_SYSTEMS = (
    (r"\bAndroid\b", "Android"),
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bWindows\b", "Windows"),
    (r"\bMacintosh\b|\bMac OS X\b", "macOS"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bLinux\b|\bX11\b", "Linux"),
)


def program_name(user_agent: str) -> str:
    """The words for a program as it names itself, like Firefox on Windows; without versions.

    Nobody vouches for it: whoever wants to can send any name.
    """
    text = user_agent[:500]
    browser = _first(_BROWSERS, text)
    system = _first(_SYSTEMS, text)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    if system:
        return _("unknown program on %(system)s") % {"system": system}
    return browser or _("unknown program")


def _first(patterns: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in patterns if re.search(pattern, text)), "")
