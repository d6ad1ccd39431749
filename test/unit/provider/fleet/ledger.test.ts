import { describe, expect, it } from "vitest";
import { OffloadError } from "tls-offload-agent/contract";
import { ChangeFailed } from "../../../../provider/fleet/aftermath";
import { openLedger, reportOf, type HostState } from "../../../../provider/fleet/ledger";

describe("the report of a failed change", () => {
  it("says of each host what became of it", () => {
    const ledger = openLedger(["a", "b", "c", "d", "e"]);
    ledger.set("e", { kind: "unverified", detail: "VERIFY_UNREACHABLE" });
    ledger.set("a", { kind: "reverted" });
    ledger.set("b", { kind: "not reverted", detail: "it went away" });
    ledger.set("c", { kind: "asked" });
    expect(reportOf(ledger)).toBe(
      "a: put back as it was; b: could not be put back (it went away); " +
        "c: did not answer; if it made the change, it takes it back within 15 s; d: nothing was changed; " +
        "e: put back as it was, which could not be verified from here (VERIFY_UNREACHABLE)",
    );
  });

  it.each<HostState>([{ kind: "confirmed" }, { kind: "pending", changeId: "1", affectedListenerIds: [] }])(
    "never says of a host that is $kind that nothing was changed",
    (state) => {
      const ledger = openLedger(["a"]);
      ledger.set("a", state);
      expect(reportOf(ledger)).not.toContain("nothing");
    },
  );

  it("comes under the error itself, with its code", () => {
    const error = new OffloadError("BUSY", "host a", { holder: "x/y/z/w", secondsLeft: 3 });
    const { message } = new ChangeFailed(error, openLedger(["a"]));
    expect(message).toBe(`${error.message}\nHost by host: a: nothing was changed.`);
  });
});
