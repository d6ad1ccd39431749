import type { NameServer } from "tls-offload-agent/contract";
import { addressToBytes, bytesToAddress } from "../dns/message/addresses";
import type { ServerAnswer } from "../dns/query";

/** To which name servers a zone's parent sends resolvers. */
export interface Delegation {
  readonly nameServers: readonly NameServer[];
  /** false: the server that was asked has the zone itself, and tells the names alone. */
  readonly withGlue: boolean;
}

/**
 * What a server of the parent zone said when it was asked for the NS records of `zone`: a referral (RFC 1034 4.3.2), or
 * with authority that there is none. null: it does not tell, because it is not one of the parent's servers.
 */
export function delegationIn(zone: string, answer: ServerAnswer): Delegation | null {
  const { authoritative, answers, authorities, additionals } = answer;
  const names = (authoritative ? answers : authorities).flatMap(({ name, type, data }) =>
    name === zone && type === "NS" ? [data] : [],
  );
  if (names.length === 0 && !authoritative) return null;
  const nameServers = names.map((name) => ({
    name,
    addresses: additionals.flatMap((record) =>
      record.name === name && (record.type === "A" || record.type === "AAAA") ? [record.data] : [],
    ),
  }));
  return { nameServers, withGlue: !authoritative || names.length === 0 };
}

/** "edge-a.ns.web.example.com (192.0.2.10), ...": the same text for the same servers, in whatever order they come. */
export function delegationText({ nameServers, withGlue }: Delegation): string {
  const texts = nameServers.map(({ name, addresses }) => {
    const glue = addresses.map((address) => bytesToAddress(addressToBytes(address))).sort();
    return withGlue ? `${name} (${glue.join(", ") || "no address"})` : name;
  });
  return texts.sort().join(", ") || "no name server";
}
