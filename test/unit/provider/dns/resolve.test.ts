import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import {
  decode,
  encode,
  streamEncode,
  TRUNCATED_RESPONSE,
  type DecodedPacket,
  type Packet,
} from "dns-packet";
import { beforeAll, describe, expect, test } from "vitest";
import { queryServer } from "../../../../provider/dns/query";
import { readTxt, resolveThrough } from "../../../../provider/dns/resolve";
import type { DnsServerAddress } from "../../../../provider/dns/transport";
import { DnsServer } from "../../../../proxy-agent/dns/server";
import { ZONES } from "../../../support/dns-zones";
import { onCleanup } from "../../../support/workspace";

const LOOPBACK = "127.0.0.1";

/** The agent's own DNS server on a port of its own. */
async function serve(zones: typeof ZONES): Promise<DnsServerAddress> {
  const server = new DnsServer({
    probe: () => Promise.resolve(""),
    turned: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  onCleanup(() => server.close());
  await server.apply({ generation: 1, endpoints: [{ address: LOOPBACK, port: 0 }], zones: [...zones] }, true);
  const [bound] = server.observe().bound;
  if (bound === undefined) throw new Error("not bound");
  return bound;
}

type Reply = (query: DecodedPacket, respond: (packet: Buffer) => void, from: RemoteInfo) => void;

/** A server over UDP that behaves as badly as the test wants; `asked` counts the queries. */
async function misbehave(reply: Reply): Promise<DnsServerAddress & { readonly asked: () => number }> {
  const socket = createSocket("udp4").bind(0, LOOPBACK);
  let asked = 0;
  socket.on("message", (message, from) => {
    asked += 1;
    reply(
      decode(message),
      (packet) => {
        socket.send(packet, from.port, from.address);
      },
      from,
    );
  });
  await once(socket, "listening");
  onCleanup(() => {
    socket.close();
  });
  return { address: LOOPBACK, port: socket.address().port, asked: () => asked };
}

function answerTo(query: DecodedPacket, change: Packet = {}): Packet {
  return {
    type: "response",
    ...(query.id === undefined ? {} : { id: query.id }),
    questions: query.questions,
    answers: [{ type: "A", name: "x.test", ttl: 5, data: "192.0.2.7" }],
    ...change,
  };
}

describe("against the agent's own server", () => {
  let whole: DnsServerAddress;
  let site: DnsServerAddress;
  let loadBalancer: DnsServerAddress;
  beforeAll(async () => {
    whole = await serve(ZONES);
    site = await serve(ZONES.slice(0, 1));
    loadBalancer = await serve(ZONES.slice(1));
  });

  test("the site's name is followed through the CNAME to every address", async () => {
    expect(await resolveThrough({ servers: [whole], name: "WWW.example.test." })).toEqual({
      chain: ["www.example.test", "web.lb.example.test"],
      addresses: ["192.0.2.1", "192.0.2.2", "2001:db8::1"],
    });
  });

  test("each name is asked where its zone is", async () => {
    expect(await resolveThrough({ servers: [loadBalancer, site], name: "www.example.test" })).toMatchObject({
      chain: ["www.example.test", "web.lb.example.test"],
      addresses: ["192.0.2.1", "192.0.2.2", "2001:db8::1"],
    });
  });

  test("a truncated answer is fetched whole over TCP", async () => {
    const answer = await queryServer({
      ...whole,
      name: "many.lb.example.test",
      type: "A",
      timeoutSeconds: 5,
    });
    expect(answer).toMatchObject({ rcode: "NOERROR", authoritative: true });
    expect(answer.answers).toHaveLength(100);
  });

  test("a TXT record is read whole, and one that is not there is empty", async () => {
    expect(await readTxt({ servers: [whole], name: "long.example.test" })).toEqual(["x".repeat(600)]);
    expect(await readTxt({ servers: [whole], name: "_offload.example.test" })).toEqual(["verification=abc"]);
    expect(await readTxt({ servers: [whole], name: "nothing.example.test" })).toEqual([]);
  });

  test.each([
    ["nothing.example.test", "NXDOMAIN for nothing.example.test"],
    ["_offload.example.test", "NOERROR for _offload.example.test"],
    ["loop-a.example.test", ": loop-a.example.test -> loop-b.example.test -> loop-a.example.test (asked"],
    ["step0.example.test", "too many CNAMEs"],
    ["far.example.test", "no server has a zone for elsewhere.invalid (REFUSED)"],
  ])("%s, which leads nowhere, says where it ended", async (name, detail) => {
    const failure = resolveThrough({ servers: [whole], name });
    await expect(failure).rejects.toMatchObject({ code: "DNS_NOT_RESOLVED" });
    await expect(failure).rejects.toThrow(detail);
  });
});

describe("against a network that misbehaves", () => {
  const ask = (server: DnsServerAddress, timeoutSeconds = 5): ReturnType<typeof queryServer> =>
    queryServer({ address: server.address, port: server.port, name: "x.test", type: "A", timeoutSeconds });
  const ADDRESS = [{ name: "x.test", type: "A", ttlSeconds: 5, data: "192.0.2.7" }];

  test("a lost datagram is asked for again, with another id", async () => {
    const ids: (number | undefined)[] = [];
    const server = await misbehave((query, respond) => {
      ids.push(query.id);
      if (ids.length === 2) respond(encode(answerTo(query)));
    });
    expect((await ask(server, 3)).answers).toEqual(ADDRESS);
    expect(new Set(ids).size).toBe(2);
  });

  test("forged answers are passed over: wrong id, wrong question, no response, junk, wrong port", async () => {
    const forger = createSocket("udp4").bind(0, LOOPBACK);
    await once(forger, "listening");
    const forged: Packet["answers"] = [{ type: "A", name: "x.test", ttl: 5, data: "203.0.113.66" }];
    const server = await misbehave((query, respond, from) => {
      respond(encode(answerTo(query, { id: ((query.id ?? 0) + 1) % 65_536, answers: forged })));
      respond(encode(answerTo(query, { questions: [{ name: "y.test", type: "A" }], answers: forged })));
      respond(encode(answerTo(query, { type: "query", answers: forged })));
      respond(Buffer.from("junk"));
      forger.send(encode(answerTo(query, { answers: forged })), from.port, from.address, () => {
        respond(encode(answerTo(query)));
      });
    });
    expect((await ask(server)).answers).toEqual(ADDRESS);
    expect(server.asked()).toBe(1);
    forger.close();
  });

  test("silence ends within the deadline, naming server, name and remedy", async () => {
    const server = await misbehave(() => undefined);
    const started = performance.now();
    const failure = ask(server, 0.6);
    await expect(failure).rejects.toMatchObject({ code: "DNS_UNREACHABLE" });
    await expect(failure).rejects.toThrow(
      new RegExp(`127\\.0\\.0\\.1 port ${server.port} .*x\\.test A.*no answer over UDP.*firewall`),
    );
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(server.asked()).toBe(3);
  });

  test("a server that is not there is told at once", async () => {
    const unused = createSocket("udp4").bind(0, LOOPBACK);
    await once(unused, "listening");
    const { port } = unused.address();
    await new Promise<void>((resolve) => unused.close(resolve));
    const started = performance.now();
    await expect(ask({ address: LOOPBACK, port }, 20)).rejects.toThrow("ECONNREFUSED");
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test.each([
    ["closes early", (): Buffer => Buffer.from([0, 200, 1]), "closed before the answer was complete"],
    [
      "answers something else",
      (): Buffer => streamEncode({ type: "response", id: 0, questions: [{ name: "y.test", type: "A" }] }),
      "does not belong to the question",
    ],
  ])("a truncated answer whose TCP side %s is a failure, not half an answer", async (_, reply, message) => {
    const tcp = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", () => socket.end(reply()));
    }).listen(0, LOOPBACK);
    await once(tcp, "listening");
    const { port } = tcp.address() as AddressInfo;
    const udp = createSocket("udp4").bind(port, LOOPBACK);
    udp.on("message", (query, from) => {
      udp.send(encode(answerTo(decode(query), { flags: TRUNCATED_RESPONSE })), from.port, from.address);
    });
    await once(udp, "listening");
    onCleanup(() => {
      tcp.close();
      udp.close();
    });
    await expect(ask({ address: LOOPBACK, port })).rejects.toThrow(message);
  });
});
