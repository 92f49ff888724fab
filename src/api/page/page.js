// The page of the API: its document as a list, where every question can be tried; and the form for the first
// administrator. All text of others is set as text, never as HTML.
"use strict";

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
}

function onSubmit(form, send) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.querySelector("output");
    said.textContent = "";
    try {
      await send(Object.fromEntries(new FormData(form)));
    } catch (error) {
      said.textContent = error.message;
    }
  });
}

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] || ""));
}

function tryForm(parent, path, operation) {
  const form = element("form", "", parent);
  const parameters = operation.parameters || [];
  for (const parameter of parameters) {
    const label = element("label", `${parameter.name} `, form);
    const input = element("input", "", label);
    input.name = parameter.name;
    input.required = Boolean(parameter.required);
    input.placeholder = parameter.description || "";
  }
  element("button", "Ask", form);
  const shown = element("pre", "", parent);
  shown.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    const query = new URLSearchParams();
    for (const parameter of parameters) {
      const value = values[parameter.name];
      if (parameter.in === "query" && value) query.set(parameter.name, value);
    }
    const answer = await fetch(fill(path, values) + (query.size ? `?${query}` : ""));
    const text = await answer.text();
    shown.hidden = false;
    try {
      shown.textContent = `${answer.status}\n${JSON.stringify(JSON.parse(text), null, 2)}`;
    } catch {
      shown.textContent = `${answer.status}\n${text}`;
    }
  });
}

function showRoute(parent, path, method, operation) {
  const details = element("details", "", parent);
  const summary = element("summary", "", details);
  element("b", method.toUpperCase(), summary);
  element("code", path, summary);
  summary.append(` ${operation.summary}`);
  const inside = element("div", "", details);
  if (operation.description) element("p", operation.description, inside);
  details.addEventListener("toggle", () => {
    if (method === "get" && !inside.querySelector("form")) tryForm(inside, path, operation);
  }, { once: true });
}

async function showDocument() {
  const document_ = await (await fetch("/api/v1/openapi.json")).json();
  const routes = document.getElementById("routes");
  for (const tag of document_.tags) {
    element("h2", tag.name, routes);
    if (tag.description) element("p", tag.description, routes);
    for (const [path, methods] of Object.entries(document_.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (operation.tags && operation.tags.includes(tag.name)) showRoute(routes, path, method, operation);
      }
    }
  }
}

async function showSession() {
  const session = await (await fetch("/api/v1/session")).json();
  const form = document.getElementById("sign-in");
  if (session.user) {
    const line = document.getElementById("signed-in");
    line.textContent = `Signed in as ${session.user.name} (${session.user.role}).`;
    line.hidden = false;
    return;
  }
  form.hidden = false;
  document.getElementById("provider").hidden = !session.provider;
  onSubmit(form, async (values) => {
    await post("/api/v1/session", values);
    location.reload();
  });
}

const setUp = document.getElementById("set-up");
if (setUp) {
  onSubmit(setUp, async (values) => {
    await post("/api/v1/session/setup", { ...values, link: location.hash.slice(1) });
    location.replace("/");
  });
} else {
  showDocument();
  showSession();
}
