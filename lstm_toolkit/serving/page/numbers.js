/** Reads numbers as people paste them; what may mean two things is refused. */

import { Mistake } from "./words.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Returns a number as JSON writes it, or null if this is none. */
export function numberJson(word) {
  if (!NUMBER.test(word)) return null;
  const [, sign, whole, fraction, power] = word.match(/^([+-]?)(\d*)\.?(\d*)(e[+-]?\d+)?$/i);
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  return `${sign === "-" ? "-" : ""}${digits}${fraction ? `.${fraction}` : ""}${power ?? ""}`;
}

/** Returns what stands between blanks, commas and semicolons. */
export const divide = (text) => text.split(/[\s,;，；、]+/u).filter(Boolean);

/** Returns the numbers in a text as JSON writes them, digit by digit. */
export function readNumbers(text) {
  const lines = text.split(/\r\n|\r|\n/);
  refuseDecimalCommas(lines);
  return lines.flatMap((line, place) =>
    divide(line).map((token) => {
      const json = numberJson(token.replace("−", "-"));
      if (json === null) throw new Mistake("no_number", { line: place + 1, token: token.slice(0, 40) });
      return json;
    }),
  );
}

/** `1,5` in a line of its own is 1.5 to some, and two columns to others. */
function refuseDecimalCommas(lines) {
  const full = lines.map((line) => line.trim());
  const place = full.findIndex((line) => /^[+-]?\d+,\d+$/.test(line) || /\d,\d+\s*;/.test(line));
  const blanks = full.findIndex((line) => /^[+-]?\d+,\d+(\s+[+-]?\d+,\d+)+$/.test(line));
  const at = place >= 0 ? place : blanks;
  if (at >= 0) throw new Mistake("decimal_commas", { line: at + 1, token: full[at].slice(0, 40) });
}
