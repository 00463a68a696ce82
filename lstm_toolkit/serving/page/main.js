/** Lists the models, and shows the one that the address names. */

import { el, labelled, told } from "./dom.js";
import { panelFor } from "./panels.js";
import { listModels, useToken } from "./server.js";
import { currentLanguage, Mistake, say, setLanguage } from "./words.js";

const [nav, main, tokenForm, language] = ["models", "model", "token", "language"].map((id) =>
  document.getElementById(id),
);
let models = [];

async function load() {
  try {
    models = await listModels();
  } catch (problem) {
    if (!(problem instanceof Mistake)) throw problem;
    if (problem.key === "needs_token") askToken();
    main.replaceChildren(told("p", problem.key, problem.values, { class: "error", role: "alert" }));
    return;
  }
  tokenForm.hidden = true;
  nav.replaceChildren(el("ul", {}, ...models.map((model) => el("li", {}, link(model)))));
  show();
}

const address = (model) => `#${encodeURIComponent(model.name)}`;

function link(model) {
  return el("a", { href: address(model) }, model.name);
}

function show({ focus = false } = {}) {
  const model = models.find((each) => address(each) === location.hash) ?? models[0];
  nav.querySelectorAll("a").forEach((each) => {
    if (model && each.getAttribute("href") === address(model)) {
      each.setAttribute("aria-current", "page");
    } else each.removeAttribute("aria-current");
  });
  if (!model) {
    main.replaceChildren(el("p", { word: "no_models" }));
    return;
  }
  const about = told("p", model.task ? "of_task" : "version", model, { class: "about" });
  main.replaceChildren(el("h2", {}, model.name), about, panelFor(model));
  if (focus) main.focus();
}

function askToken() {
  const field = el("input", { type: "password", autocomplete: "off", required: true });
  const submit = (event) => {
    event.preventDefault();
    useToken(field.value.trim());
    load();
  };
  const name = el("span", { word: "access_token" });
  const button = el("button", { word: "use_token", click: submit, type: "button" });
  tokenForm.onsubmit = submit;
  tokenForm.replaceChildren(labelled(name, field), button);
  tokenForm.hidden = false;
  field.focus();
}

say(document.getElementById("title"), "title");
say(document.getElementById("skip"), "skip");
say(document.getElementById("language-name"), "language");
say(nav, "models", {}, "aria-label");
language.value = currentLanguage();
language.addEventListener("change", () => setLanguage(language.value));
setLanguage(currentLanguage());
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address names a model
  main.focus();
});
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    // Or the browser would leave the page for a file that is dropped beside the pad.
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
}
addEventListener("hashchange", () => show({ focus: true }));
document.addEventListener("needs-token", askToken);
load();
