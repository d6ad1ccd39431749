import { unheardProviderSeconds } from "./unheard";

/** What became of one change on one host. */
export type HostState =
  | { readonly kind: "untouched" }
  /** Asked to apply; no answer yet. It may or may not have done so. */
  | { readonly kind: "asked" }
  | {
      readonly kind: "pending";
      readonly changeId: string;
      readonly affectedListenerIds: readonly string[];
    }
  | { readonly kind: "confirmed" }
  | { readonly kind: "reverted" }
  /** Reverted, and not seen from outside to serve as before. */
  | { readonly kind: "unverified"; readonly detail: string }
  | { readonly kind: "not reverted"; readonly detail: string };

export type Ledger = Map<string, HostState>;

export function openLedger(hosts: Iterable<string>): Ledger {
  return new Map([...hosts].map((host) => [host, { kind: "untouched" }]));
}

/** "edge-a: put back as it was; edge-b: nothing was changed" */
export function reportOf(ledger: Ledger): string {
  return [...ledger].map(([host, state]) => `${host}: ${sentenceOf(state)}`).join("; ");
}

function sentenceOf(state: HostState): string {
  switch (state.kind) {
    case "untouched":
      return "nothing was changed";
    case "asked":
      return `did not answer; if it made the change, it takes it back within ${unheardProviderSeconds} s`;
    case "pending":
      return `changed, and takes it back within ${unheardProviderSeconds} s unless confirmed`;
    case "confirmed":
      return "changed";
    case "reverted":
      return "put back as it was";
    case "unverified":
      return `put back as it was, which could not be verified from here (${state.detail})`;
    case "not reverted":
      return `could not be put back (${state.detail})`;
  }
}
