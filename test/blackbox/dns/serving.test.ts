import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decode, encode } from "dns-packet";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { STATE_FILES, type ObservedAddress } from "../../../proxy-agent/contract";
import { DNS_API } from "../../../proxy-agent/dns/interface";
import { callApi } from "../../../proxy-agent/http/client";
import { createAuthority } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { Backend, echo } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { until } from "../../support/until";
import { certificate, change, group, listener, loadBalancer } from "../control/objects";

const NAME = "web.lb.example.test";
const ADDRESSES = ["127.0.0.191", "127.0.0.192", "127.0.0.193"] as const;
const [A, B, C] = ADDRESSES;

/** A host of the load balancer: an agent on an address of its own, with its own DNS server. */
interface Host {
  readonly address: string;
  readonly agent: TestAgent;
}

let hosts: readonly [Host, Host, Host];
let backend: Backend;
let port: number;
let dnsPort: number;

beforeAll(async () => {
  [port, dnsPort] = [await freePort(), await freePort()];
  backend = await Backend.start(echo);
  const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
  const start = async (address: string): Promise<Host> => {
    const agent = await TestAgent.start();
    const spec = { bindAddresses: [address], publishedAddresses: [...ADDRESSES] };
    const dnsListen = { addresses: [address], port: dnsPort };
    const objects = [certificate(issued), group([backend.port]), listener(port)];
    await agent.call("change", change([loadBalancer({ ...spec, dnsListen }), ...objects]));
    return { address, agent };
  };
  hosts = [await start(A), await start(B), await start(C)];
});

beforeEach(async () => {
  for (const host of hosts) {
    await until(`all serve, says ${host.address}`, async () => {
      const addresses = await found(host);
      return addresses.length === ADDRESSES.length && addresses.every(({ serves }) => serves);
    });
  }
});

/** What a host's DNS server answers for the load balancer's name. */
async function namedBy({ address }: Host): Promise<readonly string[]> {
  const socket = createSocket("udp4");
  try {
    socket.send(encode({ type: "query", id: 1, questions: [{ name: NAME, type: "A" }] }), dnsPort, address);
    const [response] = (await once(socket, "message", { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    return (decode(response).answers ?? []).flatMap((answer) => (answer.type === "A" ? [answer.data] : []));
  } finally {
    socket.close();
  }
}

const leadsTo = async (host: Host, addresses: readonly string[]): Promise<boolean> =>
  String(await namedBy(host)) === String(addresses);

async function allLeadTo(asked: readonly Host[], addresses: readonly string[]): Promise<void> {
  for (const host of asked)
    await until(`${host.address} leads to ${String(addresses)}`, () => leadsTo(host, addresses));
}

/** What its DNS process finds: asked directly, because control would wait for a data plane that hangs. */
async function found({ agent: { stateDir } }: Host): Promise<readonly ObservedAddress[]> {
  const call = { table: DNS_API, stateDir, socket: STATE_FILES.dnsSocket, request: {} };
  return (await callApi({ ...call, name: "observe" })).addresses ?? [];
}

async function counter({ agent: { stateDir } }: Host, name: string): Promise<number> {
  const call = { table: DNS_API, stateDir, socket: STATE_FILES.dnsSocket, request: {} };
  return (await callApi({ ...call, name: "counters" }))[name] ?? 0;
}

/** Enough for a threshold to be reached, were there a reason. */
async function rounds(host: Host, count: number): Promise<void> {
  const before = await counter(host, "probes");
  await until("it has probed", async () => {
    return (await counter(host, "probes")) >= before + count * ADDRESSES.length;
  });
}

/** Nobody starts a data plane again while its supervisor stands still. */
async function whileDead(dying: readonly Host[], work: () => Promise<void>): Promise<void> {
  const supervisors = dying.map(({ agent }) => {
    const pid = agent.pid("supervise");
    if (pid === undefined) throw new Error("the supervisor has no process");
    return pid;
  });
  for (const pid of supervisors) process.kill(pid, "SIGSTOP");
  try {
    for (const { agent } of dying) agent.signalDataPlane("SIGKILL");
    await work();
  } finally {
    for (const pid of supervisors) process.kill(pid, "SIGCONT");
  }
}

describe("a host whose data plane", () => {
  test("hangs, so that its port only accepts, is left out by every host, says which, and comes back", async () => {
    const [first, second, third] = hosts;
    second.agent.signalDataPlane("SIGSTOP");
    try {
      await allLeadTo(hosts, [A, C]);
      const line = `address        ${B}: does not serve (port ${port}: no answer within 2 s), left out of DNS\n`;
      expect(first.agent.run("status")).toContain(line);
      expect(first.agent.run("status")).toContain(`address        ${A}: serves\n`);
      expect(await third.agent.metrics()).toContain(`tls_offload_dns_address_serving{address="${B}"} 0\n`);
    } finally {
      second.agent.signalDataPlane("SIGCONT");
    }
    await allLeadTo(hosts, ADDRESSES);
    expect(await third.agent.metrics()).toContain(`tls_offload_dns_address_serving{address="${B}"} 1\n`);
  });

  test("is dead is left out by every host, after a restart of its DNS process too, and comes back", async () => {
    const [first, second] = hosts;
    await whileDead([second], async () => {
      await allLeadTo(hosts, [A, C]);
      await first.agent.kill("dns");
      await allLeadTo([first], [A, C]);
    });
    await allLeadTo(hosts, ADDRESSES);
  });

  test("was drained by hand is left out by the others without an up, and comes back", async () => {
    const [, second] = hosts;
    await second.agent.call("drain", { reason: "new memory" });
    await allLeadTo(hosts, [A, C]);
    await second.agent.call("undrain", {});
    await allLeadTo(hosts, ADDRESSES);
  });
});

test("where no host serves, the name leads to all, and the status says why", async () => {
  const [first] = hosts;
  await whileDead(hosts, async () => {
    await until("none serves", async () =>
      (await found(first)).every(({ serves, given }) => !serves && given),
    );
    expect(await namedBy(first)).toEqual(ADDRESSES);
    const line = `address        ${B}: does not serve (port ${port}: ECONNREFUSED), given because none does\n`;
    expect(first.agent.run("status")).toContain(line);
  });
});

test("a listener that one host has before the others leaves none out while it is pending", async () => {
  const [first] = hosts;
  const turns = await counter(first, "serving_turns");
  const request = change([listener(await freePort())], { confirmWithinSeconds: 60 });
  const { changeId } = await first.agent.call("change", request);
  await rounds(first, 4);
  expect(await counter(first, "serving_turns")).toBe(turns);
  await first.agent.call("revert", {}, changeId ?? "");
});

test("a flood of queries makes no host look dead", async () => {
  const [first] = hosts;
  const before = await Promise.all(hosts.map((host) => counter(host, "serving_turns")));
  const query = encode({ type: "query", id: 1, questions: [{ name: NAME, type: "A" }] });
  const flood = createSocket("udp4");
  const over = new AbortController();
  const flooding = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      for (let packet = 0; packet < 200; packet += 1) flood.send(query, dnsPort, A);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const queries = await counter(first, "queries_udp");
  await rounds(first, 4);
  over.abort();
  await flooding;
  flood.close();
  expect(await counter(first, "queries_udp")).toBeGreaterThan(queries + 1_000);
  expect(await Promise.all(hosts.map((host) => counter(host, "serving_turns")))).toEqual(before);
});

test("no probe ever reached a backend, or was counted as a client's handshake", async () => {
  expect(backend.accepted).toBe(0);
  for (const host of hosts) {
    const page = await host.agent.metrics();
    expect(page).toMatch(/^tls_offload_data_plane_connections [1-9]/m);
    for (const name of ["handshakes_ok", "handshakes_failed", "handshakes_timed_out", "client_errors"])
      expect(page).toContain(`tls_offload_data_plane_${name} 0\n`);
  }
});
