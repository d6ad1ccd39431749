/** Property values as they travel between program, engine and provider. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Properties = Record<string, Value>;

/** What a preview sends where a value is known only after an update (the SDK's `unknownValue`). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

function secret(value: Value): Value {
  return isSecret(value) ? value : { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

function isSecret(value: Value): value is { value: Value } {
  return isObject(value) && value[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

function containsSecrets(value: Value): boolean {
  return secretPaths(value).length > 0;
}

/** Dotted paths of all secrets; "" when the value itself is one. */
export function secretPaths(value: Value, path = ""): string[] {
  if (isSecret(value)) return [path];
  return childrenOf(value).flatMap(([key, child]) =>
    secretPaths(child, path === "" ? key : `${path}.${key}`),
  );
}

/** The plaintext, as a provider with acceptSecrets=false gets it. */
export function plain(value: Value): Value {
  return mapSecrets(value, plain);
}

export function plainProperties(properties: Properties): Properties {
  return mapProperties(properties, plain);
}

/** What anyone without the passphrase can read of a state file. */
export function redacted(value: Value): Value {
  return mapSecrets(value, () => "[secret]");
}

/**
 * The engine's annotateSecrets: after a provider that does not accept secrets answered, outputs are marked
 * again by the name of the input. Objects are entered; an array that holds a secret makes the whole output one.
 */
export function remarkSecrets(outputs: Properties, inputs: Properties): Properties {
  return mapProperties(outputs, (output, key) => {
    const input = inputs[key];
    if (input === undefined) return output;
    if (isPlainObject(output) && isPlainObject(input)) return remarkSecrets(output, input);
    return containsSecrets(input) ? secret(output) : output;
  });
}

export function markSecret(outputs: Properties, keys: readonly string[]): Properties {
  return mapProperties(outputs, (value, key) => (keys.includes(key) ? secret(value) : value));
}

function isObject(value: Value): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlainObject(value: Value): value is Properties {
  return isObject(value) && !isSecret(value);
}

function childrenOf(value: Value): [string, Value][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function mapSecrets(value: Value, ofSecret: (value: Value) => Value): Value {
  if (isSecret(value)) return ofSecret(value.value);
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, ofSecret));
  if (isObject(value)) return mapProperties(value, (item) => mapSecrets(item, ofSecret));
  return value;
}

function mapProperties(properties: Properties, change: (value: Value, key: string) => Value): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, change(value, key)]));
}
