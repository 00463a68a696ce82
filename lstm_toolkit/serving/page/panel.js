/** The frame of every way to ask: a form, its button, and where answers and errors stand. */

import { el, told } from "./dom.js";
import { ask } from "./server.js";
import { hush, Mistake, say } from "./words.js";

/**
 * Makes the frame.
 *
 * @param {object} model
 * @param {object} parts
 *   `fields`: elements; `button`: a key of words;
 *   `request()`: returns {signature, inputs}, or throws a Mistake;
 *   `show(outputs, request)`: returns the elements of the answer.
 * @returns {{element: HTMLElement, run: function(): Promise<void>, reset: function(): void,
 *   fail: function(Error): void}} `reset` takes an answer away that belongs to nothing any more,
 *   `fail` says what is wrong in its place.
 */
export function makePanel(model, { fields, button, request, show }) {
  const status = el("p", { class: "status", role: "status" });
  const error = el("p", { class: "error", role: "alert" });
  const answer = el("section", { class: "answer", hidden: true, "word-aria-label": "answer" });
  let latest = 0;

  function reset() {
    latest++;
    answer.hidden = true;
    [error, status].forEach(hush);
    answer.removeAttribute("aria-busy");
  }

  function fail(problem) {
    reset();
    const known = problem instanceof Mistake;
    if (!known) console.error(problem);
    say(error, known ? problem.key : "garbled", problem.values);
    if (problem.key === "needs_token") document.dispatchEvent(new Event("needs-token"));
  }

  async function run() {
    const number = ++latest;
    hush(error);
    answer.setAttribute("aria-busy", "true");
    say(status, "asking");
    try {
      const asked = request();
      const outputs = await ask(model, asked.signature, asked.inputs);
      if (number !== latest) return; // asked again since
      answer.replaceChildren(...remarks(outputs), ...show(outputs, asked));
      answer.hidden = false;
      say(status, "answered");
      answer.removeAttribute("aria-busy");
    } catch (problem) {
      if (number === latest) fail(problem);
    }
  }

  const submit = (event) => {
    event.preventDefault();
    run();
  };
  const form = el("form", { submit }, ...fields, el("button", { word: button }), error, status);
  return { element: el("div", { class: "panel" }, form, answer), run, reset, fail };
}

/** Tells what the model says of its own answer. */
function remarks({ unlike, truncated, unknown_tokens: unknown }) {
  const lines = [];
  if (unlike?.[0] === true) lines.push(told("p", "unlike", {}, { class: "remark" }));
  if (truncated?.[0] === true) lines.push(told("p", "truncated", {}, { class: "remark" }));
  if (unknown?.[0] > 0) {
    lines.push(told("p", "unknown_tokens", { count: unknown[0] }, { class: "remark" }));
  }
  return lines;
}

/** Runs a form from its text area by Ctrl or Command and Enter. */
export function submitByKey(area) {
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) area.form.requestSubmit();
  });
  return area;
}
