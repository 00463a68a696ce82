/** A tag for each token, in colour and in letters. */

import { el, labelled, told } from "./dom.js";
import { makePanel, submitByKey } from "./panel.js";
import { inputName } from "./signatures.js";
import { Mistake } from "./words.js";

const HUES = 8; // colours in style.css

export function tagsPanel(model) {
  const area = submitByKey(el("textarea", { rows: 3, dir: "auto" }));
  return makePanel(model, {
    fields: [labelled(el("span", { word: "tokens" }), area)],
    button: "tag",
    request() {
      const tokens = area.value.split(/\s+/u).filter(Boolean);
      if (!tokens.length) throw new Mistake("nothing_typed");
      const inputs = { [inputName(model)]: JSON.stringify([tokens.join(" ")]) };
      return { signature: "serving_default", inputs, tokens };
    },
    show({ tags, tokens: divided }, { tokens }) {
      const shown = divided ? divided[0].filter((token) => token) : tokens; // as the model has them
      return tagged(shown, tags[0].filter((tag) => tag), model.labels);
    },
  }).element;
}

function tagged(tokens, tags, labels) {
  if (tags.length !== tokens.length) {
    const counts = { tags: tags.length, tokens: tokens.length };
    return [told("p", "tags_unaligned", counts, { class: "remark" }), el("p", {}, tags.join(" "))];
  }
  const kinds = [...new Set(labels.map(kindOf).filter((kind) => kind !== "O"))];
  const words = tokens.map((token, place) => {
    const kind = kindOf(tags[place]);
    const hue = kinds.indexOf(kind) % HUES;
    const properties = kind === "O" ? {} : { class: `tagged hue-${hue < 0 ? 0 : hue}` };
    return el("span", { ...properties, role: "listitem" },
      el("span", { dir: "auto" }, token),
      kind === "O" ? el("span", { class: "unseen", word: "no_tag" }) : el("small", {}, tags[place]));
  });
  return [el("h3", { word: "tags" }), el("p", { class: "words", role: "list" }, ...words)];
}

/** Returns what B- and I- tags are tags of. */
const kindOf = (tag) => tag.replace(/^[A-Z]-/, "");
