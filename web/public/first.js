// Before the first paint, and long before the dashboard's own scripts have run.
(function () {
  // The theme that was chosen, or the system's.
  var scheme = "auto";
  var signedIn = false;
  try {
    scheme = localStorage.getItem("cadastre-theme") || "auto";
    signedIn = localStorage.getItem("cadastre-signed in") === "true";
  } catch (error) {
    // Storage may be switched off; then it is the system's.
  }
  if (scheme !== "light" && scheme !== "dark") {
    scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);

  // What every page asks first, so that the answers are there when it is drawn (api/early.ts takes them). Who was not signed
  // in would be refused all but the session.
  var asked = (window.cadastreAsked = {});
  function ask(address) {
    asked[address] = fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    asked[address].catch(function () {}); // told of by who takes it
  }
  var known = document.currentScript.dataset;
  var kind = /^\/resources\/([\w.]+)$/.exec(location.pathname);
  ask(known.session);
  if (signedIn) {
    ask(known.kinds);
    if (kind && !location.search) {
      ask(known.list.replace("KIND", kind[1]));
      ask(known.accounts);
    }
  }
})();
