import { LIMITS } from "../contract/limits";
import { answer, refusal } from "./answer";
import type { Counters } from "./counters";
import { readQuery, type Head } from "./message/query";
import { RCODE, rcodeName } from "./message/rcode";
import { isTruncated, writeResponse } from "./message/response";
import type { Zones } from "./zone";

export type Transport = "udp" | "tcp";

/** What 16 bits of length before a message over TCP can hold. */
const TCP_MESSAGE_BYTES = 65_535;

/** A packet to its response; null: it gets none. */
export function respond(
  packet: Buffer,
  zones: Zones,
  transport: Transport,
  counters: Counters,
): Buffer | null {
  counters.add(`queries_${transport}`);
  const reading = readQuery(packet);
  if (reading.kind === "ignored") {
    counters.add("malformed");
    return null;
  }
  if (reading.kind === "rejected" && reading.rcode === RCODE.FORMERR) {
    counters.add("malformed");
  }
  const response = reading.kind === "rejected" ? refusal(reading.rcode) : answer(reading.question, zones);
  const bytes = writeResponse(reading.head, response, maxBytes(reading.head, transport));
  counters.add(`responses_${rcodeName(response.rcode).toLowerCase()}`);
  if (isTruncated(bytes)) {
    counters.add("truncated");
  }
  return bytes;
}

function maxBytes(head: Head, transport: Transport): number {
  if (transport === "tcp") {
    return TCP_MESSAGE_BYTES;
  }
  const wanted = head.edns?.udpBytes ?? LIMITS.dnsUdpBytes;
  return Math.max(LIMITS.dnsUdpBytes, Math.min(wanted, LIMITS.dnsUdpBytesMax));
}
