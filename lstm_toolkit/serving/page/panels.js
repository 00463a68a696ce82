/** Which way to ask suits a model: that of its task, or the form made from its signatures. */

import { classesPanel } from "./classes.js";
import { digitsPanel } from "./digits.js";
import { forecastPanel } from "./forecast.js";
import { formPanel } from "./form.js";
import { takes } from "./signatures.js";
import { tagsPanel } from "./tags.js";
import { translationPanel } from "./translation.js";

/**
 * What an export takes and gives decides, so that tasks of other packages are shown as well.
 * Inputs are [dtype, rank], the batch counted.
 */
const PANELS = [
  { panel: digitsPanel, input: ["float32", 3], outputs: ["label", "labels", "probabilities"] },
  { panel: classesPanel, input: ["string", 1], outputs: ["label", "labels", "probabilities"] },
  { panel: translationPanel, input: ["string", 1], outputs: ["translation", "score"] },
  { panel: tagsPanel, input: ["string", 1], outputs: ["tags"] },
  { panel: forecastPanel, input: ["float32", 2], outputs: ["forecast"] },
];

/** Returns an element with which a model is asked. */
export function panelFor(model) {
  const first = model.signatures.serving_default;
  const suits = ({ input, outputs }) => takes(first, input, outputs);
  const found = model.task && first ? PANELS.find(suits) : undefined;
  return (found?.panel ?? formPanel)(model);
}
