"""Forms as HTML: labels, help, errors, and that each leads to the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from tests.core.ui.markup import Element, assert_sound, read

from leitstand.core.ui.widgets import DateInput


class Everything(forms.Form):
    """A field of every kind."""

    title = forms.CharField(label="Titel", help_text="Kurz <b>und</b> klar")
    start = forms.DateField(
        label="Beginn", widget=DateInput, required=False, initial=date(2026, 11, 2)
    )
    size = forms.ChoiceField(label="Größe", choices=[("", "–"), ("S", "klein")])
    sizes = forms.MultipleChoiceField(label="Größen", choices=[("S", "klein")], required=False)
    light = forms.ChoiceField(
        label="Ampel", choices=[("g", "grün"), ("r", "rot")], widget=forms.RadioSelect
    )
    goals = forms.MultipleChoiceField(
        label="Ziele", choices=[("1", "eins"), ("2", "zwei")], widget=forms.CheckboxSelectMultiple
    )
    public = forms.BooleanField(label="Öffentlich", help_text="Für alle.")
    file = forms.FileField(label="Datei")
    text = forms.CharField(
        label="Text", widget=forms.Textarea(attrs={"class": "ls-eigene"}), required=False
    )
    secret = forms.CharField(label="Marke", widget=forms.HiddenInput)

    fieldsets = (("Stammdaten", ("title", "nicht_da", "start")), ("Leer", ("auch_nicht",)))
    widths = {"start": "half"}

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("Beginn und Ende <passen> nicht.")


def draw(source: str, **values: Any) -> Element:
    with translation.override("de"):
        request = RequestFactory().get("/liste/", {"sort": "titel", "seite": "2"})
        html = Template("{% load ui %}" + source).render(Context({"request": request, **values}))
    return read(html)


@pytest.fixture
def faulty() -> Element:
    return draw("{% form_fields form %}", form=Everything({"start": "2026-13-99"}))


def test_the_form_is_sound(faulty: Element) -> None:
    assert_sound(faulty)
    assert_sound(draw("{% form_fields form %}", form=Everything()))


def test_no_errors_no_summary() -> None:
    page = draw("{% form_fields form %}", form=Everything())
    assert page.all(id="form-errors") == []
    assert page.all(aria_invalid="true") == []


def test_the_summary_counts_and_leads_to_every_faulty_input(faulty: Element) -> None:
    summary = faulty.one("div", id="form-errors")
    assert summary["role"] == "alert"
    assert summary["tabindex"] == "-1"
    assert "autofocus" in summary.attributes
    entries = summary.all("li")
    assert summary.one("h2").text == f"Bitte prüfen Sie {len(entries)} Angaben"
    assert entries[0].text == "Beginn und Ende <passen> nicht."
    assert entries[1].text.startswith("Marke:")
    targets = [link["href"][1:] for link in summary.all("a")]
    inputs = {
        e["id"]
        for tag in ("input", "select", "textarea")
        for e in faulty.all(tag)
        if "id" in e.attributes
    }
    assert set(targets) <= inputs
    assert {
        "id_title",
        "id_start",
        "id_size",
        "id_light_0",
        "id_goals_0",
        "id_public",
        "id_file",
    } == set(targets)


def test_one_error_is_counted_in_the_singular() -> None:
    class One(forms.Form):
        title = forms.CharField(label="Titel")

    page = draw("{% form_errors form %}", form=One({}))
    assert page.one("h2").text == "Bitte prüfen Sie 1 Angabe"


def test_an_input_names_its_help_and_its_error(faulty: Element) -> None:
    title = faulty.one("input", id="id_title")
    assert title["aria-describedby"] == "id_title-help id_title-error"
    assert title["aria-invalid"] == "true"
    assert "kern-form-input__input--error" in title["class"]
    assert faulty.one(id="id_title-error").text == "Dieses Feld ist zwingend erforderlich."


def test_help_is_escaped(faulty: Element) -> None:
    assert faulty.one(id="id_title-help").text == "Kurz <b>und</b> klar"


def test_required_is_said_in_words(faulty: Element) -> None:
    labels = [label.text for label in faulty.all("label") + faulty.all("legend")]
    assert "Titel (Pflichtangabe)" in labels
    assert "Ampel (Pflichtangabe)" in labels
    assert "Beginn" in labels


def test_groups_of_choices_are_field_sets_with_a_legend() -> None:
    page = draw("{% form_fields form %}", form=Everything(initial={"goals": ["2"]}))
    group = page.one("fieldset", id="id_goals")
    assert group.one("legend").text == "Ziele (Pflichtangabe)"
    assert [box["type"] for box in group.all("input")] == ["checkbox", "checkbox"]
    assert ["checked" in box.attributes for box in group.all("input")] == [False, True]
    assert [box["type"] for box in page.one("fieldset", id="id_light").all("input")] == [
        "radio",
        "radio",
    ]


def test_days_go_as_browsers_want_them() -> None:
    day = draw("{% field form.start %}", form=Everything()).one("input")
    assert (day["type"], day["value"]) == ("date", "2026-11-02")


def test_own_classes_of_a_widget_are_kept(faulty: Element) -> None:
    assert faulty.one("textarea")["class"] == "kern-form-input__input ls-eigene"


def test_field_sets_and_widths(faulty: Element) -> None:
    legends = [e.one("legend").text for e in faulty.all("fieldset", class_="ls-fieldset")]
    assert legends == ["Stammdaten"]
    assert len(faulty.all(class_="ls-field--half")) == 1


def test_hidden_fields_are_sent_along(faulty: Element) -> None:
    assert faulty.one("input", name="secret")["type"] == "hidden"


def test_a_file_field_is_a_drop_zone_that_works_without_script() -> None:
    page = draw("{% drop_zone form.file %}", form=Everything())
    zone = page.one("div", data_drop="page")
    assert zone.one("input")["type"] == "file"
    assert "hidden" in zone.one("p", class_="ls-drop__hint").attributes
    assert page.one("label")["for"] == zone.one("input")["id"]


def test_filters_go_by_get_and_carry_the_rest_along() -> None:
    source = '{% filter_bar form reset_url="/liste/" keep=keep auto=True %}'
    form = draw(source, form=Everything(), keep=["sort", "fehlt"]).one("form")
    assert form["method"] == "get"
    assert "data-auto-submit" in form.attributes
    assert [(e["name"], e["value"]) for e in form.all("input", type="hidden")] == [
        ("sort", "titel")
    ]


def test_inline_edit_works_as_a_plain_form_too() -> None:
    form = draw(
        '{% inline_edit form.size "/1/groesse/" "/1/" version=7 %}', form=Everything({})
    ).one("form")
    assert form["action"] == form["hx-post"] == "/1/groesse/"
    assert form["method"] == "post"
    assert form.one("input", name="version")["value"] == "7"
    assert form.one("a", data_cancel="")["href"] == "/1/"
    assert_sound(form)
