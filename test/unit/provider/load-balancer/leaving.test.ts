import { afterEach, describe, expect, it } from "vitest";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import { renamedHosts } from "../../../../provider/load-balancer/departures";
import { leaversOf } from "../../../../provider/load-balancer/leavers";
import { removeHosts } from "../../../../provider/load-balancer/leaving";
import { targetSchema, type Target } from "../../../../provider/resource/hidden-input";
import { freePort } from "../../../support/free-port";

describe("a host that leaves and is gone for good", () => {
  afterEach(() => {
    delete process.env["OFFLOAD_RELEASE_HOSTS"];
  });

  it("is named by the failure, with the way to go on without it", async () => {
    expect(await removing(await unreachable(), [])).toEqual([
      expect.stringMatching(/^host edge-b: .*OFFLOAD_RELEASE_HOSTS=edge-b.*\(DELETE_UNREACHABLE\)$/),
    ]);
  });

  it("holds nothing up once it was given up, and the person is told that all stays on it", async () => {
    process.env["OFFLOAD_RELEASE_HOSTS"] = "edge-x, edge-b";
    const said: string[] = [];
    expect(await removing(await unreachable(), said)).toEqual([]);
    expect(said).toEqual(["host edge-b is given up: what is on it stays there"]);
  });
});

describe("a host that leaves", () => {
  const connection = (host: string): object => ({ host });
  const declared = (hosts: Readonly<Record<string, object>>): Target =>
    targetSchema.parse({
      loadBalancerId: "shop",
      dnsName: "shop.lb.internal",
      hosts: Object.fromEntries(
        Object.entries(hosts).map(([name, host]) => [
          name,
          { bindAddresses: ["0.0.0.0"], status: "Active", ...host },
        ]),
      ),
      dnsPort: null,
      verify: "deployer",
      timeoutSeconds: 20,
    });
  const a = { addresses: ["10.0.0.1"], connection: connection("10.0.0.1") };
  const b = { addresses: ["10.0.0.2"], connection: connection("10.0.0.2") };

  it("is not removed before the change because another machine binds every address as well", () => {
    const old = declared({ a, b });
    expect(renamedHosts(declared({ a }), old)).toEqual([]);
    expect(
      renamedHosts(declared({ a, c: { addresses: ["10.0.0.3"], connection: connection("10.0.0.3") } }), old),
    ).toEqual([]);
  });

  it("and comes back under another name goes first, because two agents cannot have its ports", () => {
    const old = declared({ a, b });
    expect(renamedHosts(declared({ a, c: b }), old)).toEqual(["b"]);
    expect(renamedHosts(declared({ a, c: { ...b, addresses: ["198.51.100.2"] } }), old)).toEqual(["b"]);
    const here = (bind: string, stateDir: string): object => ({
      addresses: [`198.51.100.${bind.at(-1) ?? ""}`],
      bindAddresses: [bind],
      local: { stateDir },
    });
    const local = declared({ a: here("127.0.0.1", "/a"), b: here("127.0.0.2", "/b") });
    expect(renamedHosts(declared({ a: here("127.0.0.1", "/a"), c: here("127.0.0.2", "/c") }), local)).toEqual(
      ["b"],
    );
    expect(renamedHosts(declared({ a: here("127.0.0.1", "/a") }), local)).toEqual([]);
    const both = { ...here("127.0.0.1", "/a"), bindAddresses: ["127.0.0.1", "127.0.0.2"] };
    expect(renamedHosts(declared({ a: both }), local)).toEqual(["b"]);
  });
});

/** Nobody listens at its SSH port. */
async function unreachable(): Promise<Target> {
  const connection = { host: "127.0.0.1", port: await freePort(), dialErrorLimit: 1, perDialTimeout: 2 };
  return targetSchema.parse({
    loadBalancerId: "shop",
    dnsName: "shop.lb.internal",
    hosts: {
      "edge-b": { addresses: ["10.0.0.2"], bindAddresses: ["10.0.0.2"], status: "Active", connection },
    },
    dnsPort: null,
    verify: "deployer",
    timeoutSeconds: 20,
  });
}

function attempt(said: string[]): { log: ResourceLog; deadline: ReturnType<typeof deadlineIn> } {
  const say = (text: string): void => {
    said.push(text);
  };
  const log = { info: say, warning: say, progress: () => undefined, debug: () => undefined };
  return { log: { ...log, flush: () => Promise.resolve() }, deadline: deadlineIn(20) };
}

/** Of all hosts that the load balancer had: why they could not be removed. */
async function removing(old: Target, said: string[]): Promise<readonly string[]> {
  const leavers = await leaversOf({ ...old, hosts: {} }, old, new Map(), attempt(said));
  const failures = await removeHosts(leavers, { areNamed: true }, attempt(said));
  return [...failures.values()].map(({ message }) => message);
}
