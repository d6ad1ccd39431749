import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressToBytes, bytesToAddress } from "../../../../../provider/dns/message/addresses";
import { decodeMessage, encodeMessage } from "../../../../../provider/dns/message/codec";
import { DnsMessageError, type DnsMessage } from "../../../../../provider/dns/message/message";
import { sameName } from "../../../../../provider/dns/message/names";
import { DATA, messages, records } from "./arbitraries";

const BARE: DnsMessage = {
  id: 1,
  opcode: "UPDATE",
  flags: [],
  rcode: "NOERROR",
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
};

describe("what is written is what is read", () => {
  test.each(Object.keys(DATA))("a record of type %s", (type) => {
    fc.assert(
      fc.property(records(type), (record) => {
        const { message } = decodeMessage(encodeMessage({ ...BARE, authorities: [record] }));
        expect(message.authorities).toEqual([record]);
      }),
      { numRuns: 300 },
    );
  });

  test("a whole message, and it is written the same again", () => {
    fc.assert(
      fc.property(messages, (message) => {
        const bytes = encodeMessage(message);
        const decoded = decodeMessage(bytes).message;
        expect(decoded).toEqual(message);
        expect(encodeMessage(decoded).equals(bytes)).toBe(true);
      }),
    );
  });

  test("the place where the last record begins, which ends what TSIG signs", () => {
    const last = { name: "k", type: "TXT", class: "IN", ttlSeconds: 0, data: { kind: "empty" } } as const;
    const [without, one, two] = [[], [last], [last, last]].map((additionals) =>
      encodeMessage({ ...BARE, additionals }),
    );
    expect(decodeMessage(without ?? Buffer.alloc(0)).lastRecordAt).toBe(without?.length);
    expect(decodeMessage(two ?? Buffer.alloc(0)).lastRecordAt).toBe(one?.length);
  });
});

describe("addresses", () => {
  test("every spelling of an IPv6 address is read back in one, the shortest", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        expect(bytesToAddress(addressToBytes(text))).toBe(canonical);
      }),
    );
  });

  test.each([
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:0DB8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::ffff:192.0.2.1", "::ffff:c000:201"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["192.0.2.255", "192.0.2.255"],
  ])("%s is read back as %s (RFC 5952 4)", (written, read) => {
    expect(bytesToAddress(addressToBytes(written))).toBe(read);
  });

  test.each(["", "192.0.2", "192.0.2.256", "fe80::1%eth0", "www.example.com"])(
    "%j is refused, not sent as some other address",
    (text) => {
      expect(() => addressToBytes(text)).toThrow(DnsMessageError);
    },
  );
});

test("names are the same in any case, and letters of other alphabets are no letters", () => {
  expect(sameName("WWW.Example.TEST", "www.example.test")).toBe(true);
  expect(sameName("w.example", "v.example")).toBe(false);
  expect(sameName("\\195\\132", "\\195\\164")).toBe(false);
});
