/** Questions about what a signature takes and gives. */

/** Tells whether it takes this one input alone, and gives at least these outputs. */
export function takes(signature, [dtype, rank], outputs) {
  const [input, ...others] = signature.inputs;
  const given = signature.outputs.map(({ name }) => name);
  return (
    others.length === 0 &&
    input?.dtype === dtype &&
    input.shape?.length === rank &&
    outputs.every((name) => given.includes(name))
  );
}

/** Returns the first of these signatures that the model has. */
export function firstOf(model, names) {
  return names.find((name) => name in model.signatures) ?? "serving_default";
}

/** Returns the name of the one input. */
export function inputName(model) {
  return model.signatures.serving_default.inputs[0].name;
}
