"""`{% load ui %}`: the components of the kit as template tags.

Every tag is shown with an example in `docs/reference/ui-kit.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from leitstand.core.ui import datatable, fields, matrix, stack, timeline
from leitstand.core.ui.paging import Pages

register = template.Library()


# --- forms ---------------------------------------------------------------------------------


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """One form field with label, help and errors."""
    return {"view": fields.describe(bound)}


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """The summary of a form's errors, linked to the fields; nothing if there are none."""
    return {"problems": fields.problems(form)}


@register.inclusion_tag("ui/form_fields.html")
def form_fields(form: forms.BaseForm) -> dict[str, Any]:
    """Error summary, hidden fields and all visible fields of a form."""
    return {
        "form": form,
        "problems": fields.problems(form),
        "fieldsets": list(fields.fieldsets(form)),
    }


@register.inclusion_tag("ui/form_actions.html")
def form_actions(label: object, cancel_url: str = "", **extra: Any) -> dict[str, Any]:
    """Submit button and cancel link. `second`/`second_name`/`second_value`: another submit
    button; `danger=True`: the first button destroys something."""
    return {"label": label, "cancel_url": cancel_url, **extra}


# --- tables --------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def data_table(context: Context, table: Any) -> SafeString:
    """A `components.DataTable`, or its empty state."""
    if not datatable.is_empty(table):
        return datatable.render(table)
    values = {
        "title": datatable.get(table, "empty_title") or _("Nothing here yet"),
        "text": datatable.get(table, "empty_text"),
        "actions": datatable.get(table, "empty_actions", ()),
        "csrf_token": context.get("csrf_token"),
    }
    return render_to_string("ui/empty_state.html", values)


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(
    context: Context, page: Any, parameter: str = "seite", label: str = ""
) -> dict[str, Any]:
    """Links to the pages of a Django `Page`; keeps the rest of the query string.

    `label` names them where a page holds two lists."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else None
    return {"pages": Pages(page, query, parameter), "page": page, "label": label}


@register.inclusion_tag("ui/filter_bar.html", takes_context=True)
def filter_bar(
    context: Context,
    form: forms.BaseForm,
    reset_url: str = "",
    active: Sequence[Any] = (),
    auto: bool = False,
    keep: Sequence[str] = (),
    more: Sequence[Any] = (),
) -> dict[str, Any]:
    """A form of filters sent by GET. `active`: links (label, url) that take one filter off;
    `keep`: names of query parameters to carry along; `auto`: send at every change; `more`:
    (title, form) pairs whose fields the reader unfolds, sent with the others."""
    request = context.get("request")
    kept = (
        [(name, value) for name in keep for value in request.GET.getlist(name)] if request else []
    )
    values = {"reset_url": reset_url, "active": active, "auto": auto, "kept": kept}
    values["views"] = [fields.describe(bound) for bound in form.visible_fields()]
    values["more"] = [
        (title, [fields.describe(bound) for bound in part.visible_fields()]) for title, part in more
    ]
    return values


# --- small parts ---------------------------------------------------------------------------


@register.simple_tag
def badge(text: object, kind: str = "neutral", icon: str = "") -> SafeString:
    """A state in words with colour and icon."""
    return datatable.badge(text, kind, icon)


@register.filter
def value(thing: object) -> SafeString:
    """Any value as text in the reader's language (dates, numbers, yes/no)."""
    return SafeString(datatable.text_of(thing))


@register.simple_tag
def icon(name: str, label: object = "") -> SafeString:
    """A KERN icon; with a label it is read out, without it is decoration."""
    if label:
        return format_html(
            '<span class="kern-icon kern-icon--{}" role="img" aria-label="{}"></span>', name, label
        )
    return format_html('<span class="kern-icon kern-icon--{}" aria-hidden="true"></span>', name)


@register.simple_tag
def button(label: object, href: str = "", kind: str = "", **options: Any) -> SafeString:
    """A button, or with `href` a link that looks like one. Options: `icon`, `name`, `value`,
    `type` (default submit), `form`, `small`, `block`, `download`, `label_for` (screen readers)."""
    classes = f"kern-btn kern-btn--{kind or ('secondary' if href else 'primary')}"
    classes += " kern-btn--x-small" if options.get("small") else ""
    classes += " kern-btn--block" if options.get("block") else ""
    mark = icon(options["icon"]) if options.get("icon") else ""
    hidden = options.get("label_for")
    more = format_html('<span class="kern-sr-only"> {}</span>', hidden) if hidden else ""
    inner = f'{mark}<span class="kern-label">{datatable.text_of(label)}{more}</span>'
    if href:
        download = " download" if options.get("download") else ""
        return SafeString(
            f'<a class="{escape(classes)}" href="{escape(href)}"{download}>{inner}</a>'
        )
    attributes = "".join(
        f' {name}="{escape(options[name])}"'
        for name in ("name", "value", "form")
        if name in options
    )
    kind_of = escape(options.get("type", "submit"))
    return SafeString(
        f'<button class="{escape(classes)}" type="{kind_of}"{attributes}>{inner}</button>'
    )


@register.inclusion_tag("ui/page_header.html", takes_context=True)
def page_header(context: Context, title: object, **options: Any) -> dict[str, Any]:
    """The page's h1 with `preline`, `subline`, `actions` (components.Action) and `badge`."""
    return {"title": title, "csrf_token": context.get("csrf_token"), **options}


@register.inclusion_tag("ui/breadcrumb.html")
def breadcrumb(crumbs: Sequence[Any]) -> dict[str, Any]:
    """Where the page is: links (label, url), the last one without url."""
    return {"crumbs": crumbs}


@register.inclusion_tag("ui/tabs.html")
def tabs(links: Sequence[Any], label: object) -> dict[str, Any]:
    """Views of one thing as links (components.Link); `label` names the navigation."""
    return {"links": links, "label": label}


@register.inclusion_tag("ui/tiles.html")
def tiles(tiles: Sequence[Any], label: object = "") -> dict[str, Any]:
    """A row of figures (components.Tile)."""
    return {"tiles": tiles, "label": label}


@register.inclusion_tag("ui/progress.html")
def progress(
    number: float, label: object, maximum: float = 100, text: object = ""
) -> dict[str, Any]:
    """A bar with its value in words (`text`, or the percentage)."""
    percent = round(100 * float(number) / float(maximum)) if maximum else 0
    return {"number": number, "label": label, "maximum": maximum, "percent": percent, "text": text}


@register.inclusion_tag("ui/description_list.html")
def description_list(items: Sequence[Any], columns: int = 1) -> dict[str, Any]:
    """Names and values: pairs (label, value); a value may be safe HTML. `columns` 1 or 2."""
    return {"items": items, "columns": columns}


@register.inclusion_tag("ui/steps.html")
def steps(steps: Sequence[Any], label: object) -> dict[str, Any]:
    """Where the reader is in a sequence of pages (components.Step)."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("ui/diff.html")
def diff(
    fields: Sequence[Any], mine: object = "", theirs: object = "", base: object = ""
) -> dict[str, Any]:
    """Two versions side by side (components.DiffField) with a choice per field, inside a form
    of the caller. `mine`, `theirs`, `base` name the versions."""
    return {"fields": fields, "mine": mine, "theirs": theirs, "base": base}


@register.inclusion_tag("ui/history.html")
def history(entries: Sequence[Any]) -> dict[str, Any]:
    """Events, newest first (components.HistoryEntry)."""
    return {"entries": entries}


@register.inclusion_tag("ui/job.html", takes_context=True)
def job_progress(context: Context, job: Any, poll_url: str, **options: Any) -> dict[str, Any]:
    """The state of a job, fetched again from `poll_url` by htmx while it runs.

    `job` has state, progress, total, message, error; `cancel_url`, `done_url`, `done_label`,
    `title` are options. The view behind `poll_url` answers with `ui/job.html`.
    """
    return {"job": job, "poll_url": poll_url, "csrf_token": context.get("csrf_token"), **options}


@register.simple_tag(takes_context=True)
def inline_edit(
    context: Context, bound: BoundField, action: str, cancel_url: str, version: object = ""
) -> SafeString:
    """The form that htmx puts into a table cell; the view answers with it alone."""
    values = {"view": fields.describe(bound), "action": action, "cancel_url": cancel_url}
    values |= {"version": version, "csrf_token": context.get("csrf_token")}
    return render_to_string("ui/inline_edit.html", values)


@register.inclusion_tag("ui/drop_zone.html")
def drop_zone(bound: BoundField, submit: bool = True) -> dict[str, Any]:
    """A file field that takes files dropped anywhere on the page; `submit` sends at once."""
    return {"view": fields.describe(bound), "submit": submit}


# --- pictures -------------------------------------------------------------------------------


@register.simple_tag(name="timeline")
def draw_timeline(picture: timeline.Timeline) -> SafeString:
    """A roadmap; give an equal table beside it."""
    return timeline.render(picture)


@register.simple_tag(name="matrix")
def draw_matrix(picture: matrix.Matrix) -> SafeString:
    """A bubble chart; give an equal table beside it."""
    return matrix.render(picture)


@register.simple_tag
def stacked_bar(parts: Sequence[stack.Part], label: object) -> SafeString:
    """Shares of a whole with their numbers."""
    return stack.render(parts, label)


# --- parts with content --------------------------------------------------------------------


@register.simple_block_tag
def alert(content: str, kind: str, title: object = "") -> SafeString:
    """`{% alert "warning" "Title" %}…{% endalert %}`; kinds info, success, warning, danger."""
    return render_to_string("ui/alert.html", {"content": content, "kind": kind, "title": title})


@register.simple_block_tag(takes_context=True)
def card(context: Context, content: str, title: object = "", **options: Any) -> SafeString:
    """A framed part of a page. Options: `level` of the heading (2), `id`, `actions`, `note`."""
    values = {"content": content, "title": title, "level": 2, **options}
    return render_to_string("ui/card.html", values | {"csrf_token": context.get("csrf_token")})


@register.simple_block_tag(takes_context=True)
def empty_state(
    context: Context, content: str, title: object, actions: Sequence[Any] = ()
) -> SafeString:
    """What to do where there is nothing yet."""
    values = {"text": content, "title": title, "actions": actions}
    return render_to_string(
        "ui/empty_state.html", values | {"csrf_token": context.get("csrf_token")}
    )


@register.simple_block_tag
def disclosure(content: str, title: object, opened: bool = False) -> SafeString:
    """A part that the reader opens and closes."""
    return render_to_string(
        "ui/disclosure.html", {"content": content, "title": title, "opened": opened}
    )
