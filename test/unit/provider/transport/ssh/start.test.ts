import { expect, it } from "vitest";
import { EMPTY_DOCUMENT, type FactsAnswer } from "../../../../../proxy-agent/contract";
import { deadlineIn } from "../../../../../provider/fleet/deadline";
import type { AgentClient } from "../../../../../provider/transport/agent-client";
import type { SshAgent } from "../../../../../provider/transport/ssh/look";
import type { RootLogin } from "../../../../../provider/transport/ssh/root";
import { startAgent } from "../../../../../provider/transport/ssh/start";
import { recordedLog } from "../../../../support/ssh/log";
import { SURVEY } from "./install/survey";

it("an agent that serves without its supervisor is not called started before a supervisor is there", async () => {
  const supervised = [false, false, true];
  const answers: Record<string, () => unknown> = {
    facts: (): Partial<FactsAnswer> => ({ supervised: supervised.shift() ?? true }),
    document: () => ({ confirmed: EMPTY_DOCUMENT, pending: null }),
    observed: () => ({
      dataPlane: { state: "running", listeners: [] },
      dns: { state: "off", bound: [] },
      problems: [],
    }),
  };
  const host = "edge-a";
  const client = { host, call: (name: string) => Promise.resolve(answers[name]?.()) } as AgentClient;
  const exec = (): Promise<object> => Promise.resolve({ status: 0, stdout: Buffer.from(""), stderr: "" });
  const deadline = deadlineIn(20);
  const login = { session: { host, exec }, survey: SURVEY, deadline } as unknown as RootLogin;
  const agent = { host, log: recordedLog(), deadline } as unknown as SshAgent;
  expect(await startAgent(agent, login, client)).toBe(client);
  expect(supervised).toEqual([]);
});
