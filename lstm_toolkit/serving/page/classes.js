/** Texts to classes, with the words that decided where the export can tell them. */

import { bars, verdict } from "./bars.js";
import { el, labelled, told } from "./dom.js";
import { makePanel, submitByKey } from "./panel.js";
import { firstOf, inputName } from "./signatures.js";
import { Mistake } from "./words.js";

const FAINT = 0.15; // of the greatest weight; below it a word did not decide
const LISTED = 20;

export function classesPanel(model) {
  const area = submitByKey(el("textarea", { rows: 4, dir: "auto" }));
  const signature = firstOf(model, ["explain"]);
  return makePanel(model, {
    fields: [labelled(el("span", { word: "text" }), area)],
    button: "judge",
    request() {
      if (!area.value.trim()) throw new Mistake("nothing_typed");
      return { signature, inputs: { [inputName(model)]: JSON.stringify([area.value]) } };
    },
    show: (outputs) => [
      verdict(outputs.label[0], outputs.probability[0]),
      ...(outputs.tokens ? explained(outputs) : []),
      bars(outputs.labels[0], outputs.probabilities[0]),
    ],
  }).element;
}

function explained({ label: [label], tokens: [tokens], weights: [weights] }) {
  const greatest = Math.max(...weights.map(Math.abs)) || 1;
  const words = tokens
    .map((token, place) => ({ token, weight: weights[place], share: weights[place] / greatest }))
    .filter(({ token }) => token);
  const key = el(
    "p",
    { class: "key" },
    told("span", "speaks_for", { label }, { class: "for" }),
    told("span", "speaks_against", { label }, { class: "against" }),
  );
  const shown = words.flatMap((word) => [marked(word), " "]);
  return [
    el("h3", { word: "deciding" }),
    el("p", { class: "words", dir: "auto" }, ...shown),
    key,
    table(words),
  ];
}

function marked({ token, weight, share }) {
  if (Math.abs(share) < FAINT) return el("span", {}, token);
  const title = weight.toFixed(3);
  const mark = el("mark", { class: weight > 0 ? "for" : "against", title }, token);
  mark.style.setProperty("--share", Math.abs(share).toFixed(2));
  return mark;
}

function table(words) {
  const strongest = words.filter(({ share }) => Math.abs(share) >= FAINT);
  strongest.sort((one, other) => Math.abs(other.share) - Math.abs(one.share));
  const row = ({ token, weight }) =>
    el("tr", {}, el("th", { scope: "row", dir: "auto" }, token), el("td", {}, signed(weight)));
  const head = el(
    "tr",
    {},
    el("th", { scope: "col", word: "token" }),
    el("th", { scope: "col", word: "weight" }),
  );
  return el("details", {}, el("summary", { word: "as_table" }),
    el("table", {}, el("thead", {}, head), el("tbody", {}, ...strongest.slice(0, LISTED).map(row))));
}

const signed = (weight) => `${weight > 0 ? "+" : "−"}${Math.abs(weight).toFixed(3)}`;
