import { expect, it } from "vitest";
import { OffloadError, type DocumentAnswer } from "tls-offload-agent/contract";
import { openLedger } from "../../../../provider/fleet/ledger";
import { confirmAll } from "../../../../provider/fleet/pending";
import type { AgentClient } from "../../../../provider/transport/agent-client";

/** An agent that knows nothing of the change any more, and whose document was made by `changeId`. */
function forgetful(changeId: string): AgentClient {
  const document: DocumentAnswer = {
    confirmed: { contract: 1, generation: 5, changeId, objects: {} },
    pending: null,
  };
  const call = (name: string): Promise<unknown> =>
    name === "document"
      ? Promise.resolve(document)
      : Promise.reject(new OffloadError("NO_SUCH_CHANGE", "host a", { changeId: "mine" }));
  return { host: "a", call: call as AgentClient["call"] };
}

async function confirmed(agent: AgentClient): Promise<string | undefined> {
  const ledger = openLedger(["a"]);
  ledger.set("a", { kind: "pending", changeId: "mine", affectedListenerIds: [] });
  await confirmAll(ledger, new Map([["a", agent]]));
  return ledger.get("a")?.kind;
}

it("does not take another stack's change for its own, which ran out, though both have one generation number", async () => {
  expect(await confirmed(forgetful("somebody else's"))).toBe("pending");
});

it("takes a confirmation whose answer was lost for what it is", async () => {
  expect(await confirmed(forgetful("mine"))).toBe("confirmed");
});
