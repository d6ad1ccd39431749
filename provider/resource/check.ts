import { objectId } from "tls-offload-agent/contract";
import type { Declaration, RuleContext, Unchecked } from "./definition";
import { mistake, type Finding } from "./finding";
import { isInZone } from "../zone/by-way";
import { hiddenZoneInput } from "../zone/operation";
import { hiddenInput } from "./hidden-input";
import { properties, text } from "./known";
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
  const ofHidden = parseTolerant(isInZone(news) ? hiddenZoneInput : hiddenInput, hidden);
  const findings = [
    ...parsed.mistakes,
    ...nameFindings(declaration, hidden),
    ...declaration.rules({ ...value, [HIDDEN_KEY]: hidden }, context),
  ];
  if (ofHidden.mistakes.length > 0 && !findings.some(({ severity }) => severity === "error"))
    findings.push(hiddenMistake());
  return { inputs: { ...value, ...declaration.derive(value), [HIDDEN_KEY]: hidden }, findings };
}

/** Where the resource's name is part of an id, which cannot have all characters that Pulumi takes in names. */
function nameFindings({ type }: Declaration, hidden: unknown): Finding[] {
  const { owner, target } = properties(hidden);
  const loadBalancerId = text(properties(target)["loadBalancerId"]);
  const name = text(owner)?.split("/").slice(3).join("/");
  const ids: Readonly<Record<string, string | undefined>> = {
    LoadBalancer: loadBalancerId,
    Certificate: name && `any/certificate/${name}`,
    ServerGroup: name && `any/server-group/${name}`,
  };
  const id = ids[type];
  return id === undefined || objectId.safeParse(id).success ? [] : [mistake("", "NAME_INVALID", {})];
}

/** Said last and alone: the hidden input is made of arguments whose own mistakes explain it better. */
function hiddenMistake(): Finding {
  return mistake("loadBalancer", "INPUT_TYPE", {
    actual: "missing or incomplete",
    expected: "a LoadBalancer, or the handle of one that another stack exported (lb.handle)",
  });
}
