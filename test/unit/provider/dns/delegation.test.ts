import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decode, encode, type Answer } from "dns-packet";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "tls-offload-agent/contract";
import { delegatedServers } from "../../../../provider/dns/delegation";
import { onCleanup } from "../../../support/workspace";

const NAMES = Array.from({ length: LIMITS.zoneServers + 2 }, (_, index) => `ns${index}.example.net`);

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A resolver of a test's own: by name and type what it answers. */
async function resolver(known: Readonly<Record<string, readonly string[]>>): Promise<string[]> {
  const asked: string[] = [];
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  socket.on("message", (bytes, from) => {
    const { id = 0, questions = [] } = decode(bytes);
    const [{ name, type } = { name: "", type: "A" as const }] = questions;
    asked.push(`${name} ${type}`);
    const answers = (known[`${name} ${type}`] ?? []).map((data) => ({ type, name, ttl: 60, data }) as Answer);
    socket.send(encode({ type: "response", id, questions, answers }), from.port, from.address);
  });
  await once(socket, "listening");
  onCleanup(() => {
    socket.close();
  });
  vi.stubEnv("OFFLOAD_DNS_RESOLVERS", `127.0.0.1:${socket.address().port}, 127.0.0.1:1`);
  return asked;
}

describe("the servers to which the world is sent for a zone", () => {
  it("are found by its NS records, each at one address, on the port that resolvers know", async () => {
    await resolver({
      "example.test NS": ["ns0.example.net", "ns1.example.net", "gone.example.net"],
      "ns0.example.net A": ["192.0.2.1", "192.0.2.2"],
      "ns0.example.net AAAA": ["2001:db8::1"],
      "ns1.example.net AAAA": ["2001:db8::2"],
    });
    expect(await delegatedServers("example.test")).toEqual([
      { address: "192.0.2.1", port: 53 },
      { address: "2001:db8::2", port: 53 },
    ]);
  });

  it("are no more than are asked, however many a zone has", async () => {
    const asked = await resolver({
      "example.test NS": NAMES,
      ...Object.fromEntries(NAMES.map((name, index) => [`${name} A`, [`192.0.2.${index}`]])),
    });
    expect(await delegatedServers("example.test")).toHaveLength(LIMITS.zoneServers);
    expect(new Set(asked.map((question) => question.split(" ")[0])).size).toBe(LIMITS.zoneServers + 1);
  });

  it("are none for a zone that the world does not know, which is no failure", async () => {
    await resolver({});
    expect(await delegatedServers("corp.internal")).toEqual([]);
  });
});
