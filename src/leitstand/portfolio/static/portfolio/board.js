/* The board by mouse: a card is dragged to another phase. The card's own form does the work, so
   everything else (select and button, conflicts, messages) stays as it is without this file. */
(function () {
  "use strict";

  var TYPE = "application/x-leitstand-card";
  var board = document.querySelector("[data-board]");
  var held = null;
  if (!board) { return; }

  function laneOf(event) {
    return event.target.closest ? event.target.closest("[data-phase]") : null;
  }

  function mark(lane) {
    board.querySelectorAll(".pf-lane--over").forEach(function (one) {
      one.classList.toggle("pf-lane--over", one === lane);
    });
    if (lane) { lane.classList.add("pf-lane--over"); }
  }

  function letGo() {
    if (held) { held.classList.remove("pf-card--held"); }
    held = null;
    mark(null);
  }

  function isTarget(lane) {
    return held && lane && lane !== held.closest("[data-phase]");
  }

  board.querySelectorAll("[data-card]").forEach(function (card) {
    card.draggable = true;
    card.querySelectorAll("a").forEach(function (link) { link.draggable = false; });
  });
  board.addEventListener("dragstart", function (event) {
    held = event.target.closest ? event.target.closest("[data-card]") : null;
    if (!held) { return; }
    event.dataTransfer.setData(TYPE, held.id);
    event.dataTransfer.effectAllowed = "move";
    held.classList.add("pf-card--held");
  });
  board.addEventListener("dragover", function (event) {
    var lane = laneOf(event);
    if (!isTarget(lane)) { mark(null); return; }
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    mark(lane);
  });
  board.addEventListener("drop", function (event) {
    var lane = laneOf(event);
    var card = held;
    if (!isTarget(lane)) { letGo(); return; }
    event.preventDefault();
    letGo();
    card.querySelector("select[name=phase]").value = lane.getAttribute("data-phase");
    card.querySelector("form").requestSubmit();
  });
  board.addEventListener("dragend", letGo);
  document.querySelectorAll("[data-board-hint]").forEach(function (hint) { hint.hidden = false; });
}());
