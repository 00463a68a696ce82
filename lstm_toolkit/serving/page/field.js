/** A field for one input, by its dtype and rank, of one row where rows come in batches. */

import { el, labelled, told } from "./dom.js";
import { divide, numberJson } from "./numbers.js";
import { submitByKey } from "./panel.js";
import { Mistake } from "./words.js";

/**
 * Makes a field.
 *
 * @param {{name: string, dtype: string, shape: ?number[]}} input -1 stands for any size, a shape
 *   of null for any rank.
 * @param {*} value What it begins with.
 * @returns {{element: HTMLElement, json: function(): string}} `json` throws a Mistake.
 */
export function fieldFor(input, value) {
  const { name, dtype, shape } = input;
  const batched = shape?.[0] === -1;
  const row = batched ? shape.slice(1) : shape;
  const kind = row === null || row.length > 1 ? "json" : row.length ? "list" : "one";
  const { field, hint } = MAKE[kind](dtype, row);
  if (value !== undefined && kind === "one") field.value = String(value);
  return {
    element: labelled(name, field, hint),
    json() {
      const read = kind === "json" ? readJson(name, field.value) : readPlain(input, row, field);
      return batched ? `[${read}]` : read;
    },
  };
}

const MAKE = {
  one(dtype) {
    if (dtype === "string") return { field: area(3), hint: told("span", "hint_text") };
    if (dtype === "bool") {
      const options = ["false", "true"].map((each) => el("option", { value: each }, each));
      return { field: el("select", {}, ...options), hint: told("span", "hint_truth") };
    }
    const field = el("input", { type: "text", inputmode: "decimal", autocomplete: "off" });
    return { field, hint: told("span", "hint_number", { dtype }) };
  },
  list(dtype, [count]) {
    const word = dtype === "string" ? ["hint_texts", "hint_lines"] : ["hint_numbers", "hint_list"];
    return { field: area(4), hint: told("span", word[count < 0 ? 0 : 1], { dtype, count }) };
  },
  json(dtype, row) {
    const shape = row === null ? "…" : row.map((side) => (side < 0 ? "…" : side)).join(" × ");
    return { field: area(6), hint: told("span", "hint_json", { dtype, shape }) };
  },
};

const area = (rows) => submitByKey(el("textarea", { rows, dir: "auto", spellcheck: "false" }));

/** Returns JSON as it was written, so that no digit of a number is lost. */
function readJson(name, text) {
  try {
    JSON.parse(text);
  } catch {
    throw new Mistake("wrong_json", { name });
  }
  return text;
}

function readPlain({ name, dtype }, row, field) {
  const one = (word) => valueJson(name, dtype, word);
  if (!row.length) return one(dtype === "string" ? field.value : field.value.trim());
  const parts = dtype === "string" ? lines(field.value) : divide(field.value);
  if (row[0] >= 0 && parts.length !== row[0]) {
    throw new Mistake("wrong_count", { name, count: row[0], given: parts.length });
  }
  return `[${parts.map(one)}]`;
}

/** Returns the lines of a text; none of an empty one. */
const lines = (text) => (text ? text.replace(/\n$/, "").split("\n") : []);

function valueJson(name, dtype, word) {
  if (dtype === "string") return JSON.stringify(word);
  const literal = dtype === "bool" ? /^(true|false)$/ : /^(NaN|-?Infinity)$/;
  const json = literal.test(word) ? word : dtype === "bool" ? null : numberJson(word);
  if (json === null) throw new Mistake("wrong_value", { name, dtype, token: word.slice(0, 40) });
  return json;
}
