/* Sets the chosen theme before the first paint; therefore it is loaded without "defer". */
(function () {
  "use strict";
  try {
    var theme = window.localStorage.getItem("leitstand-theme");
    if (theme === "light" || theme === "dark") {
      document.documentElement.setAttribute("data-kern-theme", theme);
    }
  } catch (error) {
    /* Storage may be forbidden; then the system's setting counts. */
  }
  document.documentElement.classList.add("js");
})();
