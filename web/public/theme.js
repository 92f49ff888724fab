// Before the first paint: the theme that was chosen, or the system's.
(function () {
  var scheme = "auto";
  try {
    scheme = localStorage.getItem("cadastre-theme") || "auto";
  } catch (error) {
    // Storage may be switched off; then it is the system's.
  }
  if (scheme !== "light" && scheme !== "dark") {
    scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
