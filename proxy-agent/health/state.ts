import type { HealthState } from "../contract/observed";

/** What is known of one server. */
export interface ServerHealth {
  readonly state: HealthState;
  /** Why the last check failed; empty when it did not. */
  readonly detail: string;
  readonly everHealthy: boolean;
  /** Checks in a row that contradict `state`. */
  readonly contradictions: number;
}

export interface Thresholds {
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

/** Empty: the check succeeded; otherwise why it failed. */
export type CheckDetail = string;

export const UNKNOWN: ServerHealth = { state: "unknown", detail: "", everHealthy: false, contradictions: 0 };

/** The very first check decides at once; later ones need as many in a row as the threshold says. */
export function afterCheck(before: ServerHealth, detail: CheckDetail, thresholds: Thresholds): ServerHealth {
  const result: HealthState = detail === "" ? "healthy" : "unhealthy";
  const everHealthy = before.everHealthy || result === "healthy";
  if (result === before.state) {
    return { state: result, detail, everHealthy, contradictions: 0 };
  }
  const contradictions = before.contradictions + 1;
  const needed = result === "healthy" ? thresholds.healthyThreshold : thresholds.unhealthyThreshold;
  const decided = before.state === "unknown" || before.state === "unchecked" || contradictions >= needed;
  return decided
    ? { state: result, detail, everHealthy, contradictions: 0 }
    : { state: before.state, detail, everHealthy, contradictions };
}
