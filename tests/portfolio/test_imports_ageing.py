"""Double clicks, colleagues who are faster, steps that are cancelled or lose their worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from leitstand.core.base.actor import Actor
from leitstand.core.jobs.models import Job
from leitstand.portfolio.models import ImportRow, ImportRun, Project
from tests.portfolio.importing import (
    check,
    confirm,
    errors,
    preview,
    rows,
    run_at,
    send,
    table,
    text_of,
    ticked,
    upload,
    verdicts,
    work,
)  # fmt: skip
from tests.portfolio.making import make_project

ClientOf = Callable[..., Client]
SYSTEM = Actor.system("test")
LIST = table(
    ("E-Akte", "Hauptamt", "läuft", None, None), ("Portal", "Personalamt", "Idee", None, None)
)


@pytest.fixture
def head(client_of: ClientOf, unit_tree: dict[str, Any]) -> Client:
    """The head of the digital unit in her browser."""
    return client_of("digital-unit")


def change(project: Project, **values: Any) -> None:
    """A colleague saves the project."""
    from leitstand.portfolio.actions.projects import change_project

    project.refresh_from_db()
    change_project(project.pk, actor=SYSTEM, version=project.version, values=values)


def press(client: Client, run: ImportRun) -> Any:
    """Press the button without a worker being there."""
    numbers = [str(number) for number in rows(run)]
    return client.post(
        f"/import/{run.pk}/uebernehmen/",
        {"version": str(run.version), "shown": ",".join(numbers), "row": numbers},
    )


def test_two_clicks_import_once(head: Client) -> None:
    run = preview(head, LIST)
    first, second = press(head, run), press(head, run)
    assert first["Location"] == second["Location"] == f"/import/{run.pk}/"
    work()
    third = press(head, run)
    assert third["Location"] == f"/import/{run.pk}/"
    work()
    assert Project.objects.count() == 2
    assert Job.objects.filter(kind="portfolio.import.apply").count() == 1


def test_a_job_that_runs_twice_applies_once(head: Client) -> None:
    run = preview(head, LIST)
    press(head, run)
    work()
    Job.objects.filter(kind="portfolio.import.apply").update(state="queued")
    work()
    assert Project.objects.count() == 2
    run.refresh_from_db()
    assert run.state == "done"


def test_an_old_job_of_the_run_does_nothing(head: Client) -> None:
    run = preview(head, LIST)
    Job.objects.filter(kind="portfolio.import.read").update(state="queued")
    ticks = ImportRow.objects.filter(run=run, number=2).update(chosen=False)
    assert ticks == 1
    work()
    run.refresh_from_db()
    assert run.state == "preview"
    assert not rows(run)[2].chosen


def test_two_people_import_the_same_list(head: Client, client_of: ClientOf) -> None:
    colleague = client_of("digital-unit")
    mine, theirs = preview(head, LIST), preview(colleague, LIST)
    confirm(colleague, theirs)
    confirm(head, mine)
    assert mine.state == "preview"
    assert verdicts(mine) == {2: "same", 3: "same"}
    assert "wurde hier etwas geändert" in text_of(head.get(f"/import/{mine.pk}/"))
    assert Project.objects.count() == 2


def test_a_double_created_while_the_rows_are_written(
    head: Client, unit_tree: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last look inside the transaction, after the comparison has found nothing."""
    from leitstand.portfolio.actions.imports import applying

    run = preview(head, LIST)
    plain = applying._prepare

    def slowly(found: Any) -> Any:
        if not Project.objects.exists():
            make_project(unit_tree["10"], "e-akte")
        return plain(found)

    monkeypatch.setattr(applying, "_prepare", slowly)
    confirm(head, run)
    assert run.state == "preview"
    assert verdicts(run) == {2: "changed", 3: "new"}
    assert Project.objects.count() == 1


def test_a_project_saved_meanwhile_sends_back_to_the_preview(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    project = make_project(unit_tree["10"], "E-Akte")
    run = preview(head, LIST)
    ImportRow.objects.filter(run=run, number=3).update(chosen=False)
    change(project, summary="von der Kollegin")
    confirm(head, run)
    assert run.state == "preview"
    page = head.get(f"/import/{run.pk}/")
    assert "Bitte sehen Sie noch einmal hin" in text_of(page)
    assert ticked(page.content.decode()) == ["2"], "what was unticked stays unticked"
    project.refresh_from_db()
    assert (project.summary, project.phase) == ("von der Kollegin", "idea")
    confirm(head, run)
    project.refresh_from_db()
    assert (run.state, project.phase) == ("done", "running")
    assert Project.objects.count() == 1


def test_a_project_saved_in_the_last_moment(
    head: Client, unit_tree: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from leitstand.portfolio.actions.imports import applying

    project = make_project(unit_tree["10"], "E-Akte")
    run = preview(head, LIST)
    plain = applying._prepare

    def slowly(found: Any) -> Any:
        batch = plain(found)
        if Project.objects.get(pk=project.pk).summary == "":
            change(project, summary="neu")
        return batch

    monkeypatch.setattr(applying, "_prepare", slowly)
    confirm(head, run)
    assert run.state == "preview"
    project.refresh_from_db()
    assert (project.summary, project.phase) == ("neu", "idea")


def test_a_project_deleted_meanwhile_is_new_again(head: Client, unit_tree: dict[str, Any]) -> None:
    from leitstand.portfolio.actions.projects import delete_project

    project = make_project(unit_tree["10"], "E-Akte")
    run = preview(head, LIST)
    assert verdicts(run)[2] == "changed"
    delete_project(project.pk, actor=SYSTEM, version=1, reason="doppelt")
    confirm(head, run)
    assert run.state == "preview"
    assert verdicts(run) == {2: "new", 3: "new"}


def test_a_unit_dissolved_meanwhile_is_an_error_then(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    from leitstand.core.org.actions import dissolve_unit

    run = preview(head, LIST)
    dissolve_unit(unit_tree["11"], actor=SYSTEM, reason="Reform")
    confirm(head, run)
    assert run.state == "preview"
    assert "Unbekannte Organisationseinheit „Personalamt“" in errors(run)[3]
    assert Project.objects.count() == 0


def test_a_person_who_left_in_the_last_moment(
    head: Client, unit_tree: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from leitstand.core.org.actions import change_person
    from leitstand.portfolio.actions.imports import applying
    from tests.portfolio.making import make_person

    person = make_person(unit_tree["10"], "Ina", "Kolb")
    content = table(("A", "Hauptamt", "Ina Kolb"), header=("Titel", "Federführung", "PL"))
    run = preview(head, content)
    plain = applying._prepare

    def slowly(found: Any) -> Any:
        person.refresh_from_db()
        if person.active:
            change_person(person, actor=SYSTEM, version=person.version, active=False)
        return plain(found)

    monkeypatch.setattr(applying, "_prepare", slowly)
    confirm(head, run)
    assert run.state == "preview"
    assert Project.objects.count() == 0


def test_other_people_s_work_does_not_stop_an_import(
    head: Client, unit_tree: dict[str, Any]
) -> None:
    """Changes that do not touch the rows send nobody back."""
    other = make_project(unit_tree["20"], "Haushalt")
    run = preview(head, LIST)
    change(other, summary="anders")
    make_project(unit_tree["20"], "Neues der Kollegen")
    confirm(head, run)
    assert run.state == "done"


def test_a_preview_of_yesterday_s_tab_is_not_confirmed(head: Client) -> None:
    run = preview(head, LIST)
    old = run.version
    check(head, run, column_2="")
    answer = head.post(f"/import/{run.pk}/uebernehmen/", {"version": str(old)}, follow=True)
    assert "Die Vorschau hat sich geändert" in text_of(answer)
    run.refresh_from_db()
    assert run.state == "preview"


def test_nothing_chosen_is_said(head: Client) -> None:
    run = preview(head, LIST)
    answer = head.post(
        f"/import/{run.pk}/uebernehmen/",
        {"version": str(run.version), "shown": "2,3"},
        follow=True,
    )
    assert "Keine Zeile ist ausgewählt" in text_of(answer)
    assert Project.objects.count() == 0


def test_cancelled_before_it_is_read(head: Client) -> None:
    run = run_at(send(head, LIST)["Location"])
    page = head.post(f"/import/{run.pk}/abbrechen/", follow=True)
    assert "Dieser Import wurde verworfen" in text_of(page)
    work()
    run.refresh_from_db()
    assert run.state == "discarded"
    assert not rows(run)


def test_cancelled_check_leads_back_to_the_columns(head: Client) -> None:
    run = upload(head, LIST)
    head.post(f"/import/{run.pk}/zuordnung/", {"column_0": "title", "column_1": "lead_unit"})
    head.post(f"/import/{run.pk}/abbrechen/")
    work()
    run.refresh_from_db()
    assert run.state == "mapping"
    assert "Die Prüfung wurde angehalten" in text_of(head.get(f"/import/{run.pk}/"))
    check(head, run)
    assert run.state == "preview"
    assert run.error == ""


def test_cancelled_application_leads_back_to_the_preview(head: Client) -> None:
    run = preview(head, LIST)
    press(head, run)
    head.post(f"/import/{run.pk}/abbrechen/")
    work()
    run.refresh_from_db()
    assert run.state == "preview"
    assert Project.objects.count() == 0
    confirm(head, run)
    assert Project.objects.count() == 2


@pytest.mark.parametrize("step", ["read", "check", "apply"])
def test_cancelled_while_it_runs(head: Client, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cancel flag is seen at the job's next step; nothing is half done."""
    from leitstand.core.jobs import running

    run = run_at(send(head, LIST)["Location"])
    if step != "read":
        work()
        head.post(f"/import/{run.pk}/zuordnung/", {"column_0": "title", "column_1": "lead_unit"})
    if step == "apply":
        work()
        run.refresh_from_db()
        press(head, run)
    plain = running._claim

    def claim_and_cancel(job_id: Any) -> Any:
        job = plain(job_id)
        head.post(f"/import/{run.pk}/abbrechen/")
        return job

    monkeypatch.setattr(running, "_claim", claim_and_cancel)
    monkeypatch.setattr(running, "_STEP_SECONDS", 0.0)
    work()
    run.refresh_from_db()
    assert run.state == {"read": "discarded", "check": "mapping", "apply": "preview"}[step]
    assert Project.objects.count() == 0


def test_a_cancel_that_comes_too_late_says_done(
    head: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leitstand.portfolio.actions.imports import applying

    run = preview(head, LIST)
    press(head, run)
    plain = applying._tie_rows

    def late(batch: Any) -> None:
        head.post(f"/import/{run.pk}/abbrechen/")
        plain(batch)

    monkeypatch.setattr(applying, "_tie_rows", late)
    work()
    run.refresh_from_db()
    assert run.state == "done"
    assert Job.objects.get(kind="portfolio.import.apply").state == "done"
    assert Project.objects.count() == 2


@pytest.mark.parametrize("step", ["check", "apply"])
def test_an_internal_error_leaves_the_step_to_be_repeated(
    head: Client, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leitstand.portfolio.actions.imports import applying, checking

    run = upload(head, LIST) if step == "check" else preview(head, LIST)
    with monkeypatch.context() as broken:
        broken.setattr(checking, "_summarise" if step == "check" else "CHUNK", None)
        broken.setattr(applying, "_finish", None)
        if step == "check":
            head.post(
                f"/import/{run.pk}/zuordnung/", {"column_0": "title", "column_1": "lead_unit"}
            )
        else:
            press(head, run)
        work()
    run.refresh_from_db()
    assert run.state == {"check": "mapping", "apply": "preview"}[step]
    assert "interner Fehler" in run.error or "internen Fehlers" in run.error
    assert Project.objects.count() == 0
    if step == "check":
        check(head, run)
    confirm(head, run)
    assert Project.objects.count() == 2


def test_a_run_whose_job_is_gone_does_not_hang(head: Client) -> None:
    run = run_at(send(head, LIST)["Location"])
    Job.objects.filter(pk=run.job_id).update(state="failed", error="Der Arbeiter ist gestürzt.")
    assert "Der Arbeiter ist gestürzt." in text_of(head.get(f"/import/{run.pk}/"))
    other = run_at(send(head, LIST)["Location"])
    ImportRun.objects.filter(pk=other.pk).update(job=None)
    assert "unterbrochen" in text_of(head.get(f"/import/{other.pk}/"))


def test_discarding_asks_first_and_leaves_nothing(head: Client) -> None:
    run = preview(head, LIST)
    page = head.get(f"/import/{run.pk}/verwerfen/")
    assert "liste.xlsx" in text_of(page)
    assert rows(run)
    head.post(f"/import/{run.pk}/verwerfen/")
    run.refresh_from_db()
    assert (run.state, rows(run)) == ("discarded", {})
    assert press(head, run).status_code == 302
    assert Project.objects.count() == 0


def test_a_run_discarded_during_its_check_stays_discarded(
    head: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leitstand.portfolio.actions.imports import checking

    run = upload(head, LIST)
    head.post(f"/import/{run.pk}/zuordnung/", {"column_0": "title", "column_1": "lead_unit"})
    plain = checking._write

    def discard_then_write(found: Any) -> None:
        head.post(f"/import/{run.pk}/verwerfen/")
        plain(found)

    monkeypatch.setattr(checking, "_write", discard_then_write)
    work()
    run.refresh_from_db()
    assert run.state == "discarded"


def test_old_imports_are_removed_with_rows_and_files(
    head: Client, django_capture_on_commit_callbacks: Any
) -> None:
    import os

    from leitstand.core.base import clock
    from leitstand.core.files import store
    from leitstand.core.files.models import StoredFile
    from leitstand.core.jobs.running import minute_rounds

    kept = preview(head, LIST)
    done = preview(head, table(("X", "Hauptamt", "Idee", None, None)))
    confirm(head, done)
    gone = preview(head, table(("Y", "Hauptamt", "Idee", None, None)))
    head.post(f"/import/{gone.pk}/verwerfen/")
    path = store.path_of(done.file.sha256)
    os.utime(path, (0, 0))

    def age(run: ImportRun, **by: int) -> None:
        ImportRun.objects.filter(pk=run.pk).update(updated_at=clock.now() - timedelta(**by))

    def clean() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            minute_rounds["portfolio.imports"]()

    age(kept, days=29), age(done, days=29), age(gone, hours=23)
    clean()
    assert ImportRun.objects.count() == 3
    age(done, days=31), age(gone, hours=25)
    clean()
    assert set(ImportRun.objects.values_list("pk", flat=True)) == {kept.pk}
    assert {row.run_id for row in ImportRow.objects.all()} == {kept.pk}
    assert list(StoredFile.objects.values_list("pk", flat=True)) == [kept.file_id]
    assert not path.exists()
    assert store.path_of(kept.file.sha256).exists()
    assert Project.objects.filter(title="X").exists()


def test_bytes_that_another_import_holds_stay(
    head: Client, django_capture_on_commit_callbacks: Any
) -> None:
    import os

    from leitstand.core.files import store
    from leitstand.portfolio.actions.imports import cleaning

    first, second = preview(head, LIST), preview(head, LIST)
    path = store.path_of(first.file.sha256)
    os.utime(path, (0, 0))
    with django_capture_on_commit_callbacks(execute=True):
        cleaning.remove(first)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        cleaning.remove(second)
    assert not path.exists()
