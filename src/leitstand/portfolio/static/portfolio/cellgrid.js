/* Keyboard in a table of boxes: arrows move, Shift extends, Space ticks. Works without it, too. */
(function () {
  "use strict";

  function setUp(grid) {
    var rows = Array.prototype.map.call(grid.querySelectorAll("tbody tr"), function (row) {
      return Array.prototype.slice.call(row.querySelectorAll(".ro-cell .ls-box"));
    }).filter(function (boxes) { return boxes.length > 0; });
    var count = document.querySelector("[data-cell-count]");
    var anchor = null;
    if (!rows.length) { return; }

    function placeOf(box) {
      for (var y = 0; y < rows.length; y += 1) {
        var x = rows[y].indexOf(box);
        if (x >= 0) { return { x: x, y: y }; }
      }
      return null;
    }

    function tell() {
      var ticked = grid.querySelectorAll(".ro-cell .ls-box:checked").length;
      count.textContent = (grid.getAttribute("data-cell-count-text") || "{n}").replace("{n}", String(ticked));
    }

    function boxAt(x, y) {
      var row = rows[Math.max(0, Math.min(y, rows.length - 1))];
      return row[Math.max(0, Math.min(x, row.length - 1))];
    }

    function tickRange(from, to) {
      for (var y = Math.min(from.y, to.y); y <= Math.max(from.y, to.y); y += 1) {
        for (var x = Math.min(from.x, to.x); x <= Math.max(from.x, to.x); x += 1) {
          if (rows[y][x]) { rows[y][x].checked = true; }
        }
      }
    }

    function moveTo(box) {
      rows.forEach(function (row) { row.forEach(function (one) { one.tabIndex = -1; }); });
      box.tabIndex = 0;
      box.focus();
      box.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    var steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

    function arrow(event, place) {
      var step = steps[event.key];
      var next = boxAt(place.x + step[0], place.y + step[1]);
      event.preventDefault();
      if (event.shiftKey) {
        anchor = anchor || place;
        tickRange(anchor, placeOf(next));
        tell();
      } else {
        anchor = null;
      }
      moveTo(next);
    }

    grid.addEventListener("keydown", function (event) {
      var place = event.target.classList.contains("ls-box") ? placeOf(event.target) : null;
      if (!place) { return; }
      if (steps[event.key]) {
        arrow(event, place);
      } else if (event.key === "Home" || event.key === "End") {
        event.preventDefault();
        moveTo(boxAt(event.key === "Home" ? 0 : 999, event.ctrlKey ? (event.key === "Home" ? 0 : 9999) : place.y));
      } else if (event.key === " " && event.shiftKey) {
        event.preventDefault();
        var all = rows[place.y].every(function (box) { return box.checked; });
        rows[place.y].forEach(function (box) { box.checked = !all; });
        tell();
      } else if (event.key === "Escape") {
        each(function (box) { box.checked = false; });
        anchor = null;
        tell();
      } else if (event.key === "Enter") {
        event.preventDefault();
        document.getElementById("s-state").focus();
      }
    });

    function each(action) {
      rows.forEach(function (row) { row.forEach(action); });
    }

    grid.addEventListener("click", function (event) {
      var label = event.target.closest(".ro-cell");
      var box = label && label.querySelector(".ls-box");
      if (!box) { return; }
      if (event.shiftKey && anchor) {
        event.preventDefault();
        tickRange(anchor, placeOf(box));
        moveTo(box);
      } else {
        anchor = placeOf(box);
      }
      window.setTimeout(tell, 0);
    });
    grid.addEventListener("change", tell);
    each(function (box) { box.tabIndex = -1; });
    rows[0][0].tabIndex = 0;
    tell();
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-cell-grid]"), setUp);
})();
