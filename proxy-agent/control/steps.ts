/** Every point of a change at which the machine may lose power. A test dies at each of them. */
export const CHANGE_STEPS = [
  "keys-written",
  "pending-written-unnamed",
  "pending-named",
  "pending-durable",
  "data-plane-swapped",
  "dns-swapped",
  "before-confirm",
  "document-named",
  "document-durable",
  "retired",
  "keys-removed",
  "before-revert",
  "pending-removed",
  "reverted",
] as const;
export type ChangeStep = (typeof CHANGE_STEPS)[number];

/** Set by tests only: dies at this step as by a power cut. */
const killAt = process.env.TLS_OFFLOAD_KILL_AT;

export function reach(step: ChangeStep): void {
  if (killAt === step) {
    process.kill(process.pid, "SIGKILL");
  }
}
