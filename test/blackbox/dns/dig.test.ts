import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dig, digMissing, type DigAnswer } from "../../support/dig";
import { ZONES } from "../../support/dns-zones";
import { DnsProcess, type Endpoint } from "./dns-process";

let missing: string | null;
let server: Endpoint;
const ask = (...args: string[]): Promise<DigAnswer> => dig(server, ...args);

describe("dig", () => {
  beforeAll(async () => {
    missing = await digMissing();
    const dns = await DnsProcess.start();
    expect(await dns.apply([{ address: "127.0.0.1", port: 0 }], ZONES)).toEqual({ problems: [] });
    server = await dns.endpoint();
  });
  beforeEach(({ skip }) => {
    skip(missing !== null, missing ?? "");
  });

  test.each(["+notcp", "+tcp"])(
    "the site's name leads through the CNAME to all hosts (%s)",
    async (transport) => {
      const response = await ask(transport, "www.example.test", "A");
      expect(response).toMatchObject({
        status: "NOERROR",
        // RD comes back, RA does not: this server never recurses.
        flags: ["qr", "aa", "rd"],
        answer: [
          "www.example.test. 600 IN CNAME web.lb.example.test.",
          "web.lb.example.test. 60 IN A 192.0.2.1",
          "web.lb.example.test. 60 IN A 192.0.2.2",
        ],
        authority: [],
      });
      expect(response.output).not.toContain("WARNING: Message");
    },
  );

  test("every record type is served", async () => {
    expect((await ask("web.lb.example.test", "AAAA")).answer).toEqual([
      "web.lb.example.test. 60 IN AAAA 2001:db8::1",
    ]);
    expect((await ask("_offload.example.test", "TXT")).answer).toEqual([
      '_offload.example.test. 60 IN TXT "verification=abc"',
    ]);
    expect((await ask("example.test", "NS")).answer).toEqual([
      "example.test. 3600 IN NS ns1.example.test.",
      "example.test. 3600 IN NS ns2.example.test.",
    ]);
    expect((await ask("example.test", "SOA")).answer).toEqual([
      "example.test. 60 IN SOA ns1.example.test. hostmaster.example.test. 7 3600 600 604800 60",
    ]);
    expect((await ask("x.wild.example.test", "CNAME")).answer).toEqual([
      "x.wild.example.test. 600 IN CNAME web.lb.example.test.",
    ]);
  });

  test("a TXT of 600 bytes arrives whole", async () => {
    const [line = ""] = (await ask("+tcp", "long.example.test", "TXT")).answer;
    expect(
      line
        .split('"')
        .filter((part) => part.startsWith("x"))
        .join(""),
    ).toBe("x".repeat(600));
  });

  test.each([
    ["NXDOMAIN", ["nothing.example.test", "A"], ["qr", "aa", "rd"], "example.test. 60 IN SOA"],
    ["NOERROR", ["_offload.example.test", "A"], ["qr", "aa", "rd"], "example.test. 60 IN SOA"],
    ["NOERROR", ["empty.example.test", "A"], ["qr", "aa", "rd"], "example.test. 60 IN SOA"],
    ["REFUSED", ["www.elsewhere.invalid", "A"], ["qr", "rd"], ""],
    ["REFUSED", ["-c", "CH", "version.bind", "TXT"], ["qr", "rd"], ""],
    ["NOTIMP", ["+opcode=status", "example.test", "SOA"], ["qr"], ""],
    ["NOTIMP", ["+opcode=notify", "example.test", "SOA"], ["qr"], ""],
    ["BADVERS", ["+edns=1", "+noednsnegotiation", "www.example.test", "A"], ["qr", "rd"], ""],
    ["FORMERR", ["+header-only", "example.test", "A"], ["qr", "rd"], ""],
  ])("%s for %j", async (status, args, flags, authority) => {
    const response = await ask(...args);
    expect(response).toMatchObject({ status, flags, answer: [] });
    expect(response.authority.join()).toContain(authority);
  });

  test("a zone transfer is refused", async () => {
    expect((await ask("example.test", "AXFR")).output).toContain("Transfer failed");
  });

  test("the question's case comes back, so that 0x20 resolvers trust the answer", async () => {
    const response = await ask("wWw.ExAmPlE.tEsT", "A");
    expect(response.question).toEqual([";wWw.ExAmPlE.tEsT. IN A"]);
    expect(response.answer[0]).toMatch(/^wWw\.ExAmPlE\.tEsT\. 600 IN CNAME/);
  });

  test("what does not fit says TC over UDP and is whole over TCP", async () => {
    const cut = await ask("+noedns", "+ignore", "some.lb.example.test", "A");
    expect(cut).toMatchObject({ status: "NOERROR", flags: ["qr", "aa", "tc", "rd"], answer: [] });
    expect((await ask("+bufsize=4096", "+ignore", "some.lb.example.test", "A")).answer).toHaveLength(40);
    expect((await ask("+bufsize=4096", "+ignore", "many.lb.example.test", "A")).flags).toContain("tc");
    expect((await ask("many.lb.example.test", "A")).answer).toHaveLength(100);
  });

  test("EDNS is answered with EDNS, and only then", async () => {
    expect((await ask("+dnssec", "www.example.test", "A")).output).toContain(
      "EDNS: version: 0, flags: do; udp: 1232",
    );
    expect((await ask("+noedns", "www.example.test", "A")).output).not.toContain("EDNS");
  });

  test("ANY gets one RRset", async () => {
    expect((await ask("+notcp", "web.lb.example.test", "ANY")).answer).toHaveLength(2);
  });

  test("several queries share one TCP connection", async () => {
    const { output } = await ask("+tcp", "+keepopen", "www.example.test", "A", "web.lb.example.test", "AAAA");
    expect(output.match(/status: NOERROR/g)).toHaveLength(2);
  });
});
