/** A pasted series to the values that follow. */

import { chart, short } from "./chart.js";
import { el, labelled, told } from "./dom.js";
import { readNumbers } from "./numbers.js";
import { makePanel, submitByKey } from "./panel.js";
import { firstOf } from "./signatures.js";
import { Mistake } from "./words.js";

export function forecastPanel(model) {
  const signature = firstOf(model, ["series"]);
  const [input] = model.signatures[signature].inputs;
  const count = input.shape[1];
  const area = submitByKey(el("textarea", { rows: 6, spellcheck: "false" }));
  const hint = told("span", "series_hint", { count });
  const fill = () => {
    area.value = wave(count).join("\n");
  };
  const panel = makePanel(model, {
    fields: [
      labelled(el("span", { word: "series" }), area, hint),
      el("button", { type: "button", class: "second", word: "example", click: fill }),
    ],
    button: "forecast",
    request() {
      const numbers = readNumbers(area.value);
      if (numbers.length < count) throw new Mistake("too_few", { count, given: numbers.length });
      const known = numbers.slice(-count);
      return { signature, inputs: { [input.name]: `[[${known}]]` }, known };
    },
    show: (outputs, { known }) => drawn(outputs, known.map(Number), panel.element.clientWidth),
  });
  return panel.element;
}

function drawn(outputs, known, width) {
  const forecast = outputs.forecast[0];
  const names = Object.keys(outputs).filter((name) => /^q\d+$/.test(name));
  names.sort((one, other) => Number(one.slice(1)) - Number(other.slice(1)));
  const [low, high] = names.length > 1 ? [names[0], names.at(-1)] : [];
  const [lower, upper] = low ? [outputs[low][0], outputs[high][0]] : [null, null];
  const key = el("p", { class: "key" },
    el("span", { class: "known", word: "known" }),
    el("span", { class: "foretold", word: "forecast" }),
    low ? told("span", "interval", { low, high }, { class: "band" }) : null);
  const columns = { forecast, ...(low ? { [low]: lower, [high]: upper } : {}) };
  return [chart({ known, forecast, lower, upper, width: Math.max(260, width) }), key, table(columns)];
}

function table(columns) {
  const head = Object.keys(columns).map((name) =>
    name === "forecast" ? el("th", { scope: "col", word: name }) : el("th", { scope: "col" }, name));
  const rows = columns.forecast.map((_, step) =>
    el("tr", {}, el("th", { scope: "row" }, String(step + 1)),
      ...Object.values(columns).map((values) => el("td", {}, short(values[step])))));
  return el("details", {}, el("summary", { word: "as_table" }),
    el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col", word: "step" }), ...head)),
      el("tbody", {}, ...rows)));
}

/** Returns values that go up and down twice, for those who have none at hand. */
function wave(count) {
  return Array.from({ length: count }, (_, step) =>
    (20 + 5 * Math.sin((2 * Math.PI * step) / 24) + 0.02 * step).toFixed(2));
}
