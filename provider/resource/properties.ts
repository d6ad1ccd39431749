import { SCHEMA_VERSION, type Declaration } from "./definition";
import { hiddenInput, type HiddenInput } from "./hidden-input";
import { withoutAt } from "./paths";
import { sanitize } from "./sanitize";

export type Properties = Readonly<Record<string, unknown>>;

/** What every resource keeps in its outputs beside inputs and outputs of its own. */
export interface Kept {
  readonly hidden: object;
  readonly incarnation: string;
}

/** The declared properties among all. */
export function declaredOf({ schema }: Declaration, properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => Object.hasOwn(schema.shape, name)));
}

export function hiddenOf(properties: Properties): HiddenInput {
  return hiddenInput.parse(properties["__offload"]);
}

/** "": there is none (the state of a failed create). */
export function incarnationOf(properties: Properties): string {
  const incarnation = properties["incarnation"];
  return typeof incarnation === "string" ? incarnation : "";
}

/** Outputs as they go into the state: inputs without secrets, outputs, and what delete and read need. */
export function outputsFrom(
  declaration: Declaration,
  inputs: object,
  outputs: Properties,
  { hidden, incarnation }: Kept,
): Record<string, unknown> {
  return sanitize({
    ...inputsFrom(declaration, inputs, hidden),
    ...outputs,
    incarnation,
    schemaVersion: SCHEMA_VERSION,
  });
}

/** Inputs as a refresh answers them. Secrets are in the hidden one alone, which the state has encrypted. */
export function inputsFrom(
  { secrets }: Declaration,
  inputs: object,
  hidden: object,
): Record<string, unknown> {
  return sanitize({ ...(withoutAt(inputs, secrets) as Properties), __offload: hidden });
}

/**
 * Drift that no input can express: host name -> what is wrong there. It stands in the outputs from a refresh until
 * the next `up`, which it makes an update of.
 */
export function driftOf(properties: Properties): Properties {
  const drift = properties["drift"];
  return typeof drift === "object" && drift !== null ? (drift as Properties) : {};
}
