import type { DnsMessage } from "../../../../../provider/dns/message/message";

export const REQUEST: DnsMessage = {
  id: 0x1234,
  opcode: "UPDATE",
  flags: [],
  rcode: "NOERROR",
  questions: [{ name: "example.test", type: "SOA", class: "IN" }],
  answers: [{ name: "www.example.test", type: "ANY", class: "NONE", ttlSeconds: 0, data: { kind: "empty" } }],
  authorities: [
    {
      ...{ name: "www.example.test", type: "CNAME", class: "IN", ttlSeconds: 600 },
      data: { kind: "name", name: "web.lb.example.test" },
    },
  ],
  additionals: [],
};

export const ANSWER: DnsMessage = { ...REQUEST, flags: ["qr"], answers: [], authorities: [] };
