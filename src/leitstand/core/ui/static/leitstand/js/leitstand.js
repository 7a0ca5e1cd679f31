/* Comfort on top of pages that work without it: menus, theme, filters, file drop, tables. */
(function () {
  "use strict";

  function each(root, selector, action) {
    var found = root.querySelectorAll(selector);
    for (var i = 0; i < found.length; i += 1) {
      action(found[i]);
    }
  }

  /* Theme: the choice stays in this browser, no cookie is sent. */
  function storedTheme() {
    try {
      return window.localStorage.getItem("leitstand-theme") || "auto";
    } catch (error) {
      return "auto";
    }
  }

  function showTheme(theme) {
    if (theme === "auto") {
      document.documentElement.removeAttribute("data-kern-theme");
    } else {
      document.documentElement.setAttribute("data-kern-theme", theme);
    }
    each(document, "[data-theme]", function (button) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-theme") === theme));
    });
  }

  function chooseTheme(event) {
    var theme = event.currentTarget.getAttribute("data-theme");
    try {
      if (theme === "auto") {
        window.localStorage.removeItem("leitstand-theme");
      } else {
        window.localStorage.setItem("leitstand-theme", theme);
      }
    } catch (error) {
      /* Not stored: the theme then lasts for this page only. */
    }
    showTheme(theme);
  }

  function setUpTheme() {
    each(document, "[data-theme-switch]", function (part) {
      part.hidden = false;
    });
    each(document, "[data-theme]", function (button) {
      button.addEventListener("click", chooseTheme);
    });
    showTheme(storedTheme());
  }

  /* Menus: only one open, Escape and a click elsewhere close. */
  function closeMenus(except) {
    each(document, "details.ls-menu[open]", function (menu) {
      if (!except || (menu !== except && !menu.contains(except))) {
        menu.open = false;
      }
    });
  }

  function setUpMenus() {
    document.addEventListener("click", function (event) {
      closeMenus(event.target);
    });
    document.addEventListener("keydown", function (event) {
      var menu = event.target.closest ? event.target.closest("details.ls-menu[open]") : null;
      if (event.key === "Escape" && menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
  }

  /* Filters that send themselves. */
  function setUpFilters(root) {
    each(root, "form[data-auto-submit]", function (form) {
      form.addEventListener("change", function () {
        form.requestSubmit();
      });
    });
  }

  /* Files: dropped on the zone, or anywhere on the page where the zone says so. */
  function carriesFiles(event) {
    return event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, "Files") >= 0;
  }

  function showFiles(zone, input) {
    var status = zone.querySelector("[data-drop-status]");
    var names = Array.prototype.map.call(input.files, function (file) {
      return file.name;
    });
    if (status) {
      status.textContent = names.join(", ");
    }
  }

  /* The server refuses it too, but only after it has been sent. */
  function isTooLarge(zone, input) {
    var most = Number(input.getAttribute("data-most-bytes"));
    var status = zone.querySelector("[data-drop-status]");
    var tooLarge = Array.prototype.some.call(input.files, function (file) {
      return most && file.size > most;
    });
    if (status) {
      status.classList.toggle("ls-drop__status--error", tooLarge);
    }
    if (tooLarge && status) {
      input.value = "";
      status.textContent = input.getAttribute("data-too-large");
    }
    return tooLarge && status;
  }

  function setUpZone(zone) {
    var input = zone.querySelector("input[type=file]");
    if (!input || zone.hasAttribute("data-ready")) {
      return;
    }
    zone.setAttribute("data-ready", "");
    var target = zone.getAttribute("data-drop") === "page" ? document : zone;
    each(zone, "[data-drop-hint]", function (hint) {
      hint.hidden = false;
    });
    function mark(event) {
      if (carriesFiles(event)) {
        event.preventDefault();
        zone.classList.add("ls-drop--over");
      }
    }
    target.addEventListener("dragenter", mark);
    target.addEventListener("dragover", mark);
    target.addEventListener("dragleave", function (event) {
      if (!event.relatedTarget) {
        zone.classList.remove("ls-drop--over");
      }
    });
    target.addEventListener("drop", function (event) {
      if (!carriesFiles(event)) {
        return;
      }
      event.preventDefault();
      zone.classList.remove("ls-drop--over");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("change", function () {
      if (isTooLarge(zone, input)) {
        return;
      }
      showFiles(zone, input);
      if (zone.hasAttribute("data-drop-submit") && input.files.length > 0) {
        input.form.requestSubmit();
      }
    });
  }

  function setUpZones(root) {
    each(root, "[data-drop]", setUpZone);
  }

  /* "Select all" of a table; the box is hidden without this script. */
  function setUpSelection(root) {
    each(root, "[data-select-all]", function (label) {
      var all = label.querySelector("input");
      var table = label.closest("table");
      label.hidden = false;
      all.addEventListener("change", function () {
        each(table, "tbody .ls-box", function (box) {
          box.checked = all.checked;
        });
      });
    });
  }

  /* A value edited in place: the new input gets the focus, Escape goes back. Not before htmx
     has settled: until then its links are ordinary ones. */
  function afterSettle(event) {
    var root = event.target;
    setUpZones(root);
    var first = root.querySelector && root.querySelector("[data-focus]");
    if (first) {
      first.focus();
    }
  }

  /* Asked of htmx itself: the link of a form that has just arrived is an ordinary one still. */
  function cancelEditing(form) {
    var link = form.querySelector("[data-cancel]");
    var cell = form.closest(".ls-cell");
    if (window.htmx && cell) {
      window.htmx.ajax("GET", link.href, { target: cell, swap: "innerHTML" });
    } else {
      link.click();
    }
  }

  function setUpEditing() {
    document.addEventListener("htmx:afterSettle", afterSettle);
    document.addEventListener("keydown", function (event) {
      var form = event.target.closest ? event.target.closest("form.ls-inline-edit") : null;
      if (event.key === "Escape" && form) {
        cancelEditing(form);
      }
    });
  }

  /* A roadmap opens with today in view, a quarter of the width of past before it. */
  function setUpTimelines() {
    each(document, ".tl[data-today]", function (region) {
      var labels = region.querySelector(".tl-labels").offsetWidth;
      var visible = region.clientWidth - labels;
      region.scrollLeft = Number(region.getAttribute("data-today")) - visible / 4;
    });
  }

  /* A summary of errors gets the focus, also where the browser ignores "autofocus". */
  function setUpErrors() {
    var summary = document.getElementById("form-errors");
    if (summary) {
      summary.focus();
    }
  }

  function start() {
    setUpTheme();
    setUpMenus();
    setUpFilters(document);
    setUpZones(document);
    setUpSelection(document);
    setUpEditing();
    setUpTimelines();
    setUpErrors();
  }

  start();
})();
