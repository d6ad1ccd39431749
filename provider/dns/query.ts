import { randomInt } from "node:crypto";
import { decode, encode, type Answer, type DecodedPacket, type Packet } from "dns-packet";
import { OffloadError } from "tls-offload-agent/contract";
import { normalize } from "./name";
import { exchangeTcp, exchangeUdp, type DnsServerAddress } from "./transport";

export type QueryType = "A" | "AAAA" | "CNAME" | "NS" | "SOA" | "TXT";

export interface ServerQuery extends DnsServerAddress {
  readonly name: string;
  readonly type: QueryType;
  /** For everything together: all tries, and TCP after a truncated answer. */
  readonly timeoutSeconds: number;
}

export interface ServerAnswer {
  /** "NOERROR", "NXDOMAIN", "REFUSED", ... */
  readonly rcode: string;
  readonly authoritative: boolean;
  readonly answers: readonly DnsAnswer[];
  /** Of a referral: the name servers to ask, and where they are. */
  readonly authorities: readonly DnsAnswer[];
  readonly additionals: readonly DnsAnswer[];
}

export interface DnsAnswer {
  /** Lower case, without the final dot. */
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  /** An address, a name (lower case, without the final dot) or a TXT record's whole text; empty for others. */
  readonly data: string;
}

/** A lost datagram is asked for again, each time on another port with another id. */
const UDP_TRIES = 3;
const EDNS_UDP_BYTES = 1_232;

/**
 * Asks one authoritative server, without recursion. Any response code is an answer; DNS_UNREACHABLE is thrown when
 * none comes.
 */
export async function queryServer(query: ServerQuery): Promise<ServerAnswer> {
  const deadline = performance.now() + query.timeoutSeconds * 1_000;
  let last: unknown = new Error("no time to ask");
  for (let triesLeft = UDP_TRIES; triesLeft > 0; triesLeft -= 1) {
    const waitMilliseconds = (deadline - performance.now()) / triesLeft;
    if (waitMilliseconds <= 0) {
      break;
    }
    try {
      return answerOf(await ask(query, waitMilliseconds, deadline));
    } catch (error) {
      last = error;
    }
  }
  const detail = `asked for ${query.name} ${query.type}: ${last instanceof Error ? last.message : String(last)}`;
  throw new OffloadError("DNS_UNREACHABLE", "", { server: serverText(query), detail }, { cause: last });
}

/** "127.0.0.1 port 8053" */
export function serverText({ address, port }: DnsServerAddress): string {
  return `${address} port ${port}`;
}

async function ask(query: ServerQuery, udpMilliseconds: number, deadline: number): Promise<DecodedPacket> {
  const id = randomInt(0x1_0000);
  const packet = encode(questionPacket(query, id));
  const accept = (bytes: Buffer): DecodedPacket | null => responseTo(query, id, bytes);
  const response = await exchangeUdp(query, packet, accept, udpMilliseconds);
  return response.flag_tc
    ? exchangeTcp(query, packet, accept, Math.max(deadline - performance.now(), 1))
    : response;
}

function questionPacket({ name, type }: ServerQuery, id: number): Packet {
  const edns = { udpPayloadSize: EDNS_UDP_BYTES, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false };
  return {
    type: "query",
    id,
    questions: [{ name, type }],
    additionals: [{ type: "OPT", name: ".", ...edns, options: [] }],
  };
}

/** null: not the response to this query; whoever sent it, the right one may still come. */
function responseTo(query: ServerQuery, id: number, bytes: Buffer): DecodedPacket | null {
  let packet: DecodedPacket;
  try {
    packet = decode(bytes);
  } catch {
    return null;
  }
  const question = packet.questions?.[0];
  const same = question?.type === query.type && normalize(question.name) === normalize(query.name);
  return packet.type === "response" && packet.id === id && same ? packet : null;
}

function answerOf(packet: DecodedPacket & { readonly rcode?: string }): ServerAnswer {
  return {
    rcode: packet.rcode ?? "",
    authoritative: packet.flag_aa,
    answers: recordsOf(packet.answers),
    authorities: recordsOf(packet.authorities),
    additionals: recordsOf(packet.additionals),
  };
}

function recordsOf(records: readonly Answer[] = []): DnsAnswer[] {
  return records.map((record) => ({
    name: normalize(record.name),
    type: record.type,
    ttlSeconds: "ttl" in record ? (record.ttl ?? 0) : 0,
    data: dataOf(record),
  }));
}

function dataOf(record: Answer): string {
  if (record.type === "A" || record.type === "AAAA") {
    return record.data;
  }
  if (record.type === "CNAME" || record.type === "NS") {
    return normalize(record.data);
  }
  return record.type === "TXT" ? [record.data].flat().join("") : "";
}
