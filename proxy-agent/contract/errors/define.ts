/** The names between braces in a message: "port {port}" -> "port". */
type PlaceholderOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholderOf<Rest>
  : never;

/**
 * One coded error. `problem` says what is wrong and `remedy` what to do; both may hold `{placeholders}`.
 * `cause` is for docs/errors.md only: how a person gets there. `status` is the agent API's HTTP status.
 */
export interface ErrorDefinition {
  readonly status: number;
  readonly problem: string;
  readonly remedy: string;
  readonly cause: string;
}

export type ParametersOf<Definition extends ErrorDefinition> = Readonly<
  Record<PlaceholderOf<Definition["problem"]> | PlaceholderOf<Definition["remedy"]>, string | number>
>;

/** Keeps the literal types of the messages, so that a missing placeholder is a compile error. */
export function defineErrors<const Registry extends Record<string, ErrorDefinition>>(
  registry: Registry,
): Registry {
  return registry;
}

/** Parameters may quote what a host or a server said: nothing in them reaches a terminal as a command. */
export function fill(template: string, parameters: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    String(parameters[name] ?? whole).replaceAll(/[^\P{Cc}\n\t]/gu, ""),
  );
}
