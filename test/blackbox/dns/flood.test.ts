import { beforeAll, describe, expect, test } from "vitest";
import type { ObservedAnswer } from "../../../proxy-agent/contract";
import { createAuthority } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { Backend, echo } from "../../support/backends";
import { UdpClient } from "../../support/dns/ask";
import { flood, type Flood } from "../../support/dns/flood";
import { questionPacket } from "../../support/dns/question";
import { freePort } from "../../support/free-port";
import { streamHandshakes } from "../../support/handshakes";
import { connectTls, readBytes } from "../../support/tls-client";
import { until } from "../../support/until";
import { certificate, change, group, listener, loadBalancer, QUICK_CHECK } from "../control/objects";

const SCALE = process.env["TEST_LONG"] === "1" ? 10 : 1;
/** More than one process can answer in the time, and as much of it as fits. */
const FLOOD = {
  udpQueries: 1_000_000 * SCALE,
  tcpQueries: 1_000_000 * SCALE,
  tcpConnections: 50,
  seconds: 8 * SCALE,
} as const;
const ADDRESS = "127.0.0.1";
const NAME = "web.lb.example.test";
const A = 1;

let agent: TestAgent;
let port: number;
let dnsPort: number;

beforeAll(async () => {
  agent = await TestAgent.start();
  [port, dnsPort] = [await freePort(), await freePort()];
  const backend = await Backend.start(echo);
  const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
  const balancer = loadBalancer({ dnsListen: { addresses: [ADDRESS], port: dnsPort } });
  const servers = group([backend.port], { healthCheck: QUICK_CHECK });
  await agent.call("change", change([balancer, certificate(issued), servers, listener(port)]));
  await until("all is well", async () => flawsOf(await agent.call("observed", {})).length === 0);
});

describe("a flood of DNS queries, UDP and TCP together,", () => {
  test("fails no TLS handshake, cuts no connection, and lets nothing look ill that is well", async () => {
    const handshakes = streamHandshakes({ host: ADDRESS, port, rejectUnauthorized: false });
    const connection = repeatedly(await echoes());
    const looks = repeatedly(async () => flawsOf(await agent.call("observed", {})));

    const counts = await flood({
      address: ADDRESS,
      port: dnsPort,
      names: [NAME, "elsewhere.invalid"],
      ...FLOOD,
    });
    const [opened, echoed, looked] = [await handshakes.stop(), await connection.stop(), await looks.stop()];
    console.info(
      `DNS flood: ${floodText(counts)}; meanwhile ${opened.count} TLS handshakes, ${looked.length} looks`,
    );

    // It was one: more than was answered, and what was answered was not little.
    expect(counts.udp.sent + counts.tcp.sent).toBeGreaterThan(counts.udp.answered + counts.tcp.answered);
    expect(Math.min(counts.udp.answered, counts.tcp.answered)).toBeGreaterThan(100);
    expect(opened.failures).toEqual([]);
    expect(opened.count).toBeGreaterThan(10);
    expect(echoed.every((text) => text === "hello")).toBe(true);
    expect(looked.flat()).toEqual([]);
    // No health state that changed between two looks, and no process that died and came back.
    expect(await agent.metrics()).not.toMatch(/^tls_offload_dns_(failed|probes_failed|serving_turns)/m);
    expect(agent.logs()).not.toMatch(/"level":"(warn|error)"/);
  });

  test("leaves a DNS server that answers", async () => {
    const client = UdpClient.open({ address: ADDRESS, port: dnsPort });
    const response = await client.ask(questionPacket(1, { labels: NAME.split("."), type: A }));
    expect(response?.subarray(-4)).toEqual(Buffer.of(127, 0, 0, 1));
  });
});

/** What a look at the agent shows that is not as it was before the flood: a failed check is one, its flap or not. */
function flawsOf({ servers, dns, dataPlane }: ObservedAnswer): string[] {
  const processes = { dns: dns.state, dataPlane: dataPlane.state };
  return [
    ...Object.entries(processes).flatMap(([name, state]) =>
      state === "running" ? [] : [`${name} ${state}`],
    ),
    ...servers.flatMap(({ serverId, health, detail }) =>
      health === "healthy" && detail === "" ? [] : [`${serverId} ${health} ${detail}`],
    ),
    ...(dns.addresses ?? []).flatMap(({ address, serves, detail }) =>
      serves && detail === "" ? [] : [`${address} ${detail}`],
    ),
  ];
}

/** On one connection that was open before. */
async function echoes(): Promise<() => Promise<string>> {
  const client = await connectTls(port);
  return async () => {
    client.write("hello");
    return (await readBytes(client, 5)).toString();
  };
}

/** Again and again; what it answered, or threw. */
function repeatedly<Value>(work: () => Promise<Value>): { readonly stop: () => Promise<(Value | string)[]> } {
  const results: (Value | string)[] = [];
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      results.push(await work().catch(String));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      return results;
    },
  };
}

function floodText({ udp, tcp }: Flood): string {
  return Object.entries({ UDP: udp, TCP: tcp })
    .map(([name, { sent, answered }]) => `${sent} queries over ${name}, ${answered} answered`)
    .join("; ");
}
