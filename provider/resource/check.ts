import type { Declaration, RuleContext, Unchecked } from "./definition";
import { mistake, type Finding } from "./finding";
import { hiddenInput } from "./hidden-input";
import { parseTolerant } from "./parse";

/** What the engine puts beside the declared inputs; the SDK's server adds the first again by itself. */
const PROVIDER_KEY = "__provider";
const HIDDEN_KEY = "__offload";

export interface CheckFailure {
  /** Always "": the engine prints the value of a property that is named here, and that may be a secret. */
  readonly property: "";
  readonly reason: string;
}

export interface Checked {
  /** With defaults and derived properties; still with unknowns in a preview. */
  readonly inputs: Unchecked;
  readonly failures: readonly CheckFailure[];
  /** To be said as warnings. */
  readonly advice: readonly string[];
}

/** The provider's check: every mistake at once, no I/O but reading a key file, total over unknowns. */
export function checkInputs(
  declaration: Declaration,
  olds: Unchecked | null | undefined,
  news: Unchecked,
  now = new Date(),
): Checked {
  // A new resource has no old inputs; the SDK's server hands an empty object then.
  const known = olds !== null && olds !== undefined && Object.keys(olds).length > 0 ? olds : null;
  const { inputs, findings } = review(declaration, news, { olds: known, now });
  return {
    inputs,
    failures: findings
      .filter(({ severity }) => severity === "error")
      .map(({ text }) => ({ property: "", reason: text() })),
    advice: findings.filter(({ severity }) => severity === "warning").map(({ text }) => text()),
  };
}

export interface Reviewed {
  readonly inputs: Unchecked;
  readonly findings: readonly Finding[];
}

/** The same for the constructor, which sees outputs as unknowns, and for check. */
export function review(declaration: Declaration, news: Unchecked, context: RuleContext): Reviewed {
  const hidden = news[HIDDEN_KEY];
  const declared = { ...news, [PROVIDER_KEY]: undefined, [HIDDEN_KEY]: undefined };
  const parsed = parseTolerant(declaration.schema, declared);
  const value = parsed.value as Unchecked;
  const ofHidden = parseTolerant(hiddenInput, hidden);
  const findings = [
    ...parsed.mistakes,
    ...(ofHidden.mistakes.length === 0 ? [] : hiddenMistakes(declaration, parsed.mistakes)),
    ...declaration.rules(value, context),
  ];
  return { inputs: { ...value, ...declaration.derive(value), [HIDDEN_KEY]: hidden }, findings };
}

/** A load balancer's hidden input is made of its own arguments, whose mistakes are found there. */
function hiddenMistakes(declaration: Declaration, others: readonly Finding[]): Finding[] {
  if (declaration.type === "LoadBalancer" && others.length > 0) return [];
  return [
    mistake("loadBalancer", "INPUT_TYPE", {
      actual: "missing or incomplete",
      expected: "a LoadBalancer, or the handle of one that another stack exported (lb.handle)",
    }),
  ];
}
