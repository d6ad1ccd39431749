import { describe, expect, it } from "vitest";
import { isUnused } from "../../../../provider/load-balancer/installing";
import type { AgentClient } from "../../../../provider/transport/agent-client";

describe("an agent that is there when a load balancer's update fails", () => {
  it("goes where it serves nobody, and stays where it serves, is just being changed, or does not say", async () => {
    expect(await isUnused(agentWith({}), true)).toBe(true);
    expect(await isUnused(agentWith({}), false)).toBe(true);
    expect(await isUnused(agentWith({ listeners: [{}] }), false)).toBe(false);
    expect(await isUnused(agentWith({ objects: { web: {} } }), true)).toBe(false);
    expect(await isUnused(agentWith({ pending: {} }), true)).toBe(false);
    expect(await isUnused(silent, false)).toBe(false);
  });

  it("stays where the login could not have put it there, and no failed removal is told of", async () => {
    expect(await isUnused({ ...agentWith({}), limitedUser: "pipeline" }, false)).toBe(false);
  });
});

interface There {
  readonly objects?: object;
  readonly pending?: object | null;
  readonly listeners?: readonly object[];
}

function agentWith({ objects = {}, pending = null, listeners = [] }: There): AgentClient {
  const answers = {
    document: { confirmed: { objects }, pending },
    observed: { dataPlane: { state: "running", listeners } },
  };
  const call = (name: string): Promise<unknown> => Promise.resolve(answers[name as keyof typeof answers]);
  return { host: "edge-a", call: call as AgentClient["call"] };
}

const silent: AgentClient = { host: "edge-a", call: () => Promise.reject(new Error("no answer")) };
