import { afterEach, describe, expect, it, vi } from "vitest";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { forgetSilence, tellMaintenance, tellSilence } from "../../../../provider/fleet/silence";
import type { HiddenInput } from "../../../../provider/resource/hidden-input";
import { HIDDEN } from "../declared";

const BALANCER = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/offload:LoadBalancer::web";
const dead = new Map([["edge-b", new Error("host edge-b: no SSH connection.")]]);

describe("a host that does not answer", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    forgetSilence(HIDDEN.target, ["edge-b"]);
  });

  it("is told of on its load balancer, whichever resource meets it first, and once", async () => {
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const said: string[] = [];
    for (let resource = 0; resource < 3; resource += 1) await tellSilence(hidden(BALANCER), dead, log(said));
    expect(said).toEqual([]);
    expect(written.mock.calls).toEqual([
      ["warning: LoadBalancer web: host edge-b: no SSH connection. What was last known of it stays.\n"],
    ]);
  });

  it.each([BALANCER.replace(":dev:", ":another:"), undefined])(
    "is told of on the resource itself where its stack has no load balancer to show it on (%s)",
    async (urn) => {
      const said: string[] = [];
      await tellSilence(hidden(urn), dead, log(said));
      expect(said).toEqual(["host edge-b: no SSH connection. What was last known of it stays."]);
    },
  );
});

it("a host in Maintenance is told of once, and again when it went back into it", () => {
  const said: string[] = [];
  for (const status of ["Maintenance", "Maintenance", "Active", "Maintenance"] as const) {
    const host = { addresses: ["10.0.0.2"], bindAddresses: ["10.0.0.2"], status };
    tellMaintenance({ ...HIDDEN.target, hosts: { "edge-b": host } }, log(said));
  }
  expect(said.length).toBe(2);
});

function hidden(urn: string | undefined): HiddenInput {
  const { target } = HIDDEN;
  return { ...HIDDEN, target: urn === undefined ? target : { ...target, urn } };
}

function log(said: string[]): ResourceLog {
  const nothing = (): void => undefined;
  return {
    info: nothing,
    progress: nothing,
    debug: nothing,
    warning: (text) => said.push(text),
    flush: () => Promise.resolve(),
  };
}
