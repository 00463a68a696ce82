/** Probabilities of labels, as bars with numbers. */

import { el } from "./dom.js";

const MOST = 12;

export const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** Makes a list of labels, the likeliest first. */
export function bars(labels, probabilities) {
  const pairs = labels.map((label, place) => [label, probabilities[place]]);
  pairs.sort(([, one], [, other]) => other - one);
  return el("ul", { class: "bars" }, ...pairs.slice(0, MOST).map(([label, share]) => bar(label, share)));
}

function bar(label, share) {
  const filled = el("span", { class: "filled" });
  filled.style.inlineSize = `${100 * share}%`;
  return el(
    "li",
    {},
    el("span", { class: "name", dir: "auto" }, label),
    el("span", { class: "track", "aria-hidden": "true" }, filled),
    el("span", { class: "number" }, percent(share)),
  );
}

/** Makes the line with the answer. */
export function verdict(label, probability) {
  return el(
    "p",
    { class: "verdict" },
    el("strong", { dir: "auto" }, label),
    " ",
    el("span", {}, percent(probability)),
  );
}
