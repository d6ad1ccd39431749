import { domainName } from "../dns/name";
import type { Unchecked } from "../resource/definition";
import { advice, mistake, type Finding } from "../resource/finding";
import { list, properties, text } from "../resource/known";
import { boundAmong, nameServerName } from "./name-servers";
import { isPublicAddress } from "./public-address";

/** Where name servers are asked (RFC 1035 4.2). */
const DNS_PORT = 53;
/** RFC 2182 5: at least two, so that a zone outlives the loss of one. */
const NAME_SERVERS_MIN = 2;

/** What a DNS server that the whole internet may ask needs; and that nobody has one without saying so. */
export function publicDnsFindings(inputs: Unchecked): Finding[] {
  const listen = properties(inputs["dnsListen"]);
  const hosts = Object.entries(properties(inputs["hosts"]));
  if (listen["public"] === false) return exposureFindings(hosts, listen);
  if (listen["public"] !== true) return [];
  return [...countFindings(hosts), ...portFindings(listen), ...nameFindings(hosts, text(inputs["dnsName"]))];
}

type Hosts = readonly (readonly [string, unknown])[];

function exposureFindings(hosts: Hosts, listen: Unchecked): Finding[] {
  for (const [host, value] of hosts) {
    const address = publicAddressOf(properties(value), listen);
    if (address !== undefined)
      return [mistake("dnsListen.public", "PUBLIC_DNS_UNDECLARED", { host, address })];
  }
  return [];
}

function publicAddressOf(host: Unchecked, listen: Unchecked): string | undefined {
  const bound = texts(listen["addresses"] ?? host["bindAddresses"] ?? host["addresses"]);
  return [...bound, ...boundAmong(texts(host["addresses"]), bound)].find(isPublicAddress);
}

/** A host that is dead or being mended must not keep the others from changes: only warned of. */
function countFindings(hosts: Hosts): Finding[] {
  // Unknown, or a mistake that is told already.
  if (hosts.length === 0) return [];
  const inMaintenance = hosts.filter(([, value]) => properties(value)["status"] === "Maintenance");
  const count = hosts.length - inMaintenance.length;
  if (count >= NAME_SERVERS_MIN) return [];
  const say = hosts.length < NAME_SERVERS_MIN ? mistake : advice;
  return [say("hosts", "PUBLIC_DNS_HOSTS", { count, least: NAME_SERVERS_MIN })];
}

function portFindings({ port }: Unchecked): Finding[] {
  return typeof port === "number" && port !== DNS_PORT
    ? [mistake("dnsListen.port", "PUBLIC_DNS_PORT", { port })]
    : [];
}

function nameFindings(hosts: Hosts, dnsName: string | undefined): Finding[] {
  const first = new Map<string, string>();
  return hosts.flatMap(([host]) => {
    const name = nameServerName(host, dnsName ?? "example.com");
    const other = first.get(name);
    if (other !== undefined) return [mistake(`hosts.${host}`, "NAME_SERVER_TWICE", { other })];
    first.set(name, host);
    if (dnsName === undefined || domainName(dnsName).problem !== undefined) return [];
    const { problem } = domainName(name);
    if (problem === undefined) return [];
    const detail = `leaves no room for the one of its name server: ${name} ${problem}`;
    return [mistake("dnsName", "DOMAIN_INVALID", { detail })];
  });
}

function texts(value: unknown): string[] {
  return list(value).flatMap((entry) => text(entry) ?? []);
}
