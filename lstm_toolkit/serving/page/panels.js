/** Which way to ask suits a model: that of its task, or the form made from its signatures. */

import { classesPanel } from "./classes.js";
import { digitsPanel } from "./digits.js";
import { forecastPanel } from "./forecast.js";
import { formPanel } from "./form.js";
import { firstOf, takes } from "./signatures.js";
import { tagsPanel } from "./tags.js";
import { translationPanel } from "./translation.js";

/**
 * What an export takes and gives decides, so that tasks of other packages are shown as well.
 * Inputs are [dtype, rank], the batch counted, of the signature that is named if there is one, or of the default.
 */
const PANELS = [
  { panel: digitsPanel, input: ["float32", 3], outputs: ["label", "labels", "probabilities"] },
  { panel: classesPanel, input: ["string", 1], outputs: ["label", "labels", "probabilities"] },
  { panel: translationPanel, input: ["string", 1], outputs: ["translation", "score"] },
  { panel: tagsPanel, input: ["string", 1], outputs: ["tags"] },
  { panel: forecastPanel, signature: "series", input: ["float32", 2], outputs: ["forecast"] },
];

/** Returns an element with which a model is asked. */
export function panelFor(model) {
  const suits = ({ signature, input, outputs }) => takes(model.signatures[firstOf(model, [signature])], input, outputs);
  const found = model.task && model.signatures.serving_default ? PANELS.find(suits) : undefined;
  return (found?.panel ?? formPanel)(model);
}
