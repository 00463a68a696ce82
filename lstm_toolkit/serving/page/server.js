/** Asks the server that the page came from. */

import { Mistake } from "./words.js";

let token = "";

export function useToken(given) {
  token = given;
}

/** Returns the models that answer, see the server's `page.py`. */
export async function listModels() {
  return (await send("/page/models")).models;
}

/**
 * Returns the outputs of a signature by name.
 *
 * @param {object} model
 * @param {string} signature
 * @param {Object<string, string>} inputs JSON by name, in the form of columns.
 */
export async function ask(model, signature, inputs) {
  const fields = Object.entries(inputs).map(([name, json]) => `${JSON.stringify(name)}:${json}`);
  const body = `{"signature_name":${JSON.stringify(signature)},"inputs":{${fields.join()}}}`;
  const { outputs } = await send(`/v1/models/${encodeURIComponent(model.name)}:predict`, body);
  const names = model.signatures[signature].outputs.map(({ name }) => name);
  return names.length === 1 ? { [names[0]]: outputs } : outputs;
}

async function send(address, body) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  let response, answer;
  try {
    response = await fetch(address, { method: body ? "POST" : "GET", body, headers });
    answer = await response.text();
  } catch {
    throw new Mistake("unreachable");
  }
  if (response.status === 401) throw new Mistake("needs_token");
  const value = parse(answer);
  if (!response.ok) throw new Mistake("refused", { message: value.error });
  return value;
}

const PARTS = /"(?:[^"\\]|\\.)*"|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Reads JSON; what JavaScript's numbers cannot hold exactly, and NaN, becomes text. */
function parse(json) {
  const held = json.replace(PARTS, (part) =>
    /^(NaN|-?Infinity|-?\d{16,})$/.test(part) ? `"${part}"` : part,
  );
  try {
    return JSON.parse(held);
  } catch {
    throw new Mistake("garbled");
  }
}
