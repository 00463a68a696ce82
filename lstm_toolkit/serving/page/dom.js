/** Makes elements; text goes in as text alone, never as markup. */

import { say } from "./words.js";

/**
 * Makes an element.
 *
 * @param {string} tag
 * @param {object} properties `word` is a key of words.js; a function listens; `class`, `for`,
 *   `aria-…` and the like are attributes, true stands for an empty one and false for none.
 * @param {...(Node|string|null)} children
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "word") say(element, value);
    else if (name.startsWith("word-")) say(element, value, {}, name.slice("word-".length));
    else if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true || typeof value === "string" || typeof value === "number")
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Makes an element of a drawing. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Makes an element that says something with numbers or names in it. */
export function told(tag, word, values, properties = {}) {
  const element = el(tag, properties);
  say(element, word, values);
  return element;
}

let fields = 0;

/** Puts a name, and a hint if there is one, to a field. */
export function labelled(name, field, hint = null) {
  field.id ||= `field-${++fields}`;
  const label = el("label", { for: field.id }, name);
  if (hint === null) return el("div", { class: "field" }, label, field);
  hint.id = `${field.id}-hint`;
  hint.classList.add("hint");
  field.setAttribute("aria-describedby", hint.id);
  return el("div", { class: "field" }, label, hint, field);
}
