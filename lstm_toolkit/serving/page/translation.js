/** Sentences to sentences, with several beams and what each token looked at. */

import { short } from "./chart.js";
import { el, labelled, told } from "./dom.js";
import { numberJson } from "./numbers.js";
import { makePanel, submitByKey } from "./panel.js";
import { firstOf, inputName } from "./signatures.js";
import { Mistake } from "./words.js";

export function translationPanel(model) {
  const area = submitByKey(el("textarea", { rows: 3, dir: "auto" }));
  const signature = firstOf(model, ["attend", "translate", "nbest"]);
  const names = model.signatures[signature].inputs.map(({ name }) => name);
  const parameters = names.filter((name) => name !== inputName(model));
  const fields = Object.fromEntries(parameters.map((name) => [name, parameterField(model, name)]));
  return makePanel(model, {
    fields: [
      labelled(el("span", { word: "sentence" }), area),
      el("div", { class: "row" }, ...Object.values(fields).map(({ element }) => element)),
    ],
    button: "translate",
    request() {
      if (!area.value.trim()) throw new Mistake("nothing_typed");
      const inputs = { [inputName(model)]: JSON.stringify([area.value]) };
      for (const [name, { input }] of Object.entries(fields)) inputs[name] = numberJson(input.value);
      return { signature, inputs };
    },
    show: (outputs) => [...candidates(outputs), ...(outputs.attention ? attention(outputs) : [])],
  }).element;
}

const LIMITS = { beams: { min: 1, max: 20, step: 1 }, length_penalty: { min: 0, max: 5, step: 0.1 } };

/** Makes a field for what each call sets; the trained setting is its first value. */
function parameterField(model, name) {
  const value = model.defaults[name] ?? (name === "beams" ? 4 : 1);
  const limits = LIMITS[name] ?? { step: "any" };
  const input = el("input", { type: "number", required: true, ...limits, value: String(value) });
  const label = name in LIMITS ? el("span", { word: name }) : name;
  return { element: labelled(label, input), input };
}

const language = (text) => (/\p{Script=Han}/u.test(text) ? "zh" : "");

function candidates({ translation, score, translations, scores }) {
  const pairs = translations
    ? translations[0].map((text, place) => [text, scores[0][place]])
    : [[translation[0], score[0]]];
  const [best, ...others] = pairs.filter(([, points], place) => !place || Number.isFinite(points));
  const line = ([text, points]) => [
    el("span", { lang: language(text), dir: "auto" }, text),
    " ",
    told("small", "score", { score: short(points) }),
  ];
  const first = el("p", { class: "verdict" }, ...line(best));
  if (!others.length) return [first];
  const list = others.map((pair) => el("li", {}, ...line(pair)));
  return [first, el("h3", { word: "candidates" }), el("ol", { start: 2 }, ...list)];
}

function attention({ source_tokens: [source], target_tokens: [target], attention: [weights] }) {
  const read = source.filter((token) => token);
  const written = target.filter((token) => token);
  const head = read.map((token) => el("th", { scope: "col", dir: "auto" }, el("span", {}, bare(token))));
  const rows = written.map((token, row) =>
    el("tr", {}, el("th", { scope: "row", dir: "auto" }, bare(token)),
      ...read.map((_, column) => cell(weights[row][column]))),
  );
  const table = el("table", { class: "heat" },
    el("thead", {}, el("tr", {}, el("td"), ...head)),
    el("tbody", {}, ...rows));
  return [
    el("h3", { word: "attention" }),
    el("p", { class: "hint", word: "attention_hint" }),
    el("div", { class: "wide", tabindex: "0", role: "region", "word-aria-label": "attention" }, table),
  ];
}

/** Returns a token without the mark of the space before it. */
const bare = (token) => token.replace(/^▁(?=.)/u, "");

function cell(weight) {
  const shown = Math.round(100 * weight);
  const made = el("td", {}, shown ? String(shown) : "");
  made.style.setProperty("--share", weight.toFixed(3));
  return made;
}
