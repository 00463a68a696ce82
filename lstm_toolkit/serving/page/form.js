/** A form made from a signature, for whatever a model takes. */

import { el, labelled, told } from "./dom.js";
import { fieldFor } from "./field.js";
import { makePanel } from "./panel.js";
import { firstOf } from "./signatures.js";

const MOST = 200; // values of one list that are shown
const ROWS = 20; // lists of one list

export function formPanel(model) {
  const names = Object.keys(model.signatures);
  const options = names.map((name) => el("option", { value: name }, name));
  const choice = el("select", { change: () => change() }, ...options);
  choice.value = firstOf(model, names.includes("serving_default") ? [] : names);
  const place = el("div");
  const change = () => place.replaceChildren(signatureForm(model, choice.value));
  change();
  return el("div", {}, labelled(el("span", { word: "signature" }), choice), place);
}

function signatureForm(model, signature) {
  const { inputs, outputs } = model.signatures[signature];
  const fields = inputs.map((input) => [input.name, fieldFor(input, model.defaults[input.name])]);
  return makePanel(model, {
    fields: fields.map(([, { element }]) => element),
    button: "ask",
    request: () => ({
      signature,
      inputs: Object.fromEntries(fields.map(([name, { json }]) => [name, json()])),
    }),
    show: (answers) => [table(outputs, answers)],
  }).element;
}

function table(outputs, answers) {
  const rows = outputs.map(({ name, dtype, shape }) => {
    const value = shape?.[0] === -1 ? answers[name][0] : answers[name];
    return el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, shown(value, dtype)));
  });
  const head = ["output", "value"].map((word) => el("th", { scope: "col", word }));
  return el("div", { class: "wide", tabindex: "0", role: "region", "word-aria-label": "answer" },
    el("table", { class: "outputs" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
}

/** Shows a value: lists of lists as a table, the rest in a line. */
function shown(value, dtype) {
  if (!Array.isArray(value)) return el("span", { dir: "auto" }, words(value, dtype));
  if (!value.some(Array.isArray)) return el("span", { class: "list" }, ...cut(value, MOST, dtype));
  const rows = cut(value, ROWS, dtype).map((row) => el("tr", {}, el("td", {}, row)));
  return el("table", {}, el("tbody", {}, ...rows));
}

/** Shows at most so many values, and how many more there are. */
function cut(values, most, dtype) {
  const shorter = values.slice(0, most).map((each) => shown(each, dtype));
  const count = values.length - most;
  return count > 0 ? [...shorter, told("em", "more", { count })] : shorter;
}

function words(value, dtype) {
  if (typeof value === "number" && dtype !== "float64") return String(Number(value.toPrecision(8)));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
