import { afterEach, expect, it } from "vitest";
import type { ObservedAnswer } from "tls-offload-agent/contract";
import { outlastConnections } from "../../../../provider/load-balancer/drain";
import type { AgentClient } from "../../../../provider/transport/agent-client";

afterEach(() => {
  delete process.env["OFFLOAD_SKIP_WAITS"];
});

it("connections of a load balancer that goes have the time that their group gives them", async () => {
  expect(await said([12.3, 12.3, 11.8, 0])).toEqual([
    "host edge-a: 3 connections may go on for up to 13 s (OFFLOAD_SKIP_WAITS=1 does not wait)",
    "host edge-a: connections may go on for up to 12 s more",
    "host edge-a: connections may go on for up to 0 s more",
  ]);
});

it.each([
  ["no group gives time to them", [0]],
  ["the agent is an older one, which cannot tell", [undefined]],
])("connections hold nothing up where %s", async (_what, drainSeconds) => {
  expect(await said(drainSeconds)).toEqual([]);
});

it("connections hold nothing up for somebody who does not want to wait", async () => {
  process.env["OFFLOAD_SKIP_WAITS"] = "1";
  expect(await said([300])).toEqual([]);
});

/** What a person reads when the agent answers these times, one after the other. */
async function said(drainSeconds: readonly (number | undefined)[]): Promise<string[]> {
  const lines: string[] = [];
  const hear = (text: string): void => void lines.push(text);
  const answers = [...drainSeconds];
  const call = (): Promise<unknown> => {
    const dataPlane = { listeners: [{ connections: 2 }, { connections: 1 }], drainSeconds: answers.shift() };
    return Promise.resolve({ dataPlane } as unknown as ObservedAnswer);
  };
  const agent = { host: "edge-a", call } as unknown as AgentClient;
  const ignore = (): undefined => undefined;
  const log = { info: hear, progress: hear, warning: ignore, debug: ignore, flush: () => Promise.resolve() };
  await outlastConnections(agent, log);
  return lines;
}
