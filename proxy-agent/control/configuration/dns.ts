import { isIPv6 } from "node:net";
import type { Document } from "../../contract/document";
import { LIMITS } from "../../contract/limits";
import type { NameServer, SpecOf, StoredObjectOf } from "../../contract/object";
import type { DnsConfiguration, DnsRecord, DnsZone } from "../../dns/interface";
import { addressesElsewhere } from "../drain";
import { objectOf, objectsOf } from "./objects";

/** What the DNS process shall answer: the load balancer's own name, and the embedded domains. */
export function dnsConfiguration(document: Document, isDrained = false): DnsConfiguration {
  const { generation } = document;
  const loadBalancer = objectsOf(document, "loadBalancer")[0]?.spec;
  if (loadBalancer === undefined) {
    return { generation, endpoints: [], zones: [] };
  }
  const nameServers = nameServersOf(loadBalancer).map(({ name }) => name);
  const zones = new Map<string, DnsRecord[]>([[loadBalancer.dnsName, ownRecords(loadBalancer, isDrained)]]);
  // Two stacks may each declare a part of one domain: what they declare is one zone.
  for (const { spec } of objectsOf(document, "domain")) {
    const records = zones.get(spec.domainName) ?? [];
    zones.set(spec.domainName, [...records, verificationRecord(spec)]);
  }
  for (const record of objectsOf(document, "record")) {
    const domain = objectOf(document, "domain", record.spec.domainId);
    if (domain !== undefined && record.spec.status === "ENABLE") {
      zones.get(domain.spec.domainName)?.push(cnameRecord(record));
    }
  }
  const { dnsListen } = loadBalancer;
  return {
    generation,
    endpoints: dnsListen?.addresses.map((address) => ({ address, port: dnsListen.port })) ?? [],
    zones: [...zones].map(([name, records]): DnsZone => ({ name, serial: generation, nameServers, records })),
    ...(dnsListen === null ? {} : { probing: { name: loadBalancer.dnsName, ports: runningPorts(document) } }),
  };
}

/**
 * The same while a change is pending: a port that the change brings is not probed yet, because hosts take a change one
 * after the other, and none shall be left out for what it will be given in a moment.
 */
export function withoutNewPorts(pending: DnsConfiguration, confirmed: DnsConfiguration): DnsConfiguration {
  const { probing } = pending;
  const known = new Set(confirmed.probing?.ports);
  return probing === undefined
    ? pending
    : { ...pending, probing: { ...probing, ports: probing.ports.filter((port) => known.has(port)) } };
}

function runningPorts(document: Document): number[] {
  return objectsOf(document, "listener")
    .filter(({ spec }) => spec.status === "Running")
    .map(({ spec }) => spec.port)
    .sort((left, right) => left - right);
}

/** A drained host goes on as a name server. */
function ownRecords(loadBalancer: SpecOf<"loadBalancer">, isDrained: boolean): DnsRecord[] {
  const { dnsName, publishedAddresses } = loadBalancer;
  const serving = isDrained ? addressesElsewhere(loadBalancer) : publishedAddresses;
  return [
    ...addressRecords(dnsName, serving, LIMITS.nameTtlSeconds),
    ...nameServersOf(loadBalancer).flatMap(({ name, addresses, ttlSeconds }) =>
      addressRecords(name, addresses, ttlSeconds),
    ),
  ];
}

function nameServersOf({
  dnsName,
  publishedAddresses,
  dnsListen,
}: SpecOf<"loadBalancer">): (NameServer & { readonly ttlSeconds: number })[] {
  const declared = dnsListen?.nameServers;
  if (declared === undefined)
    return [{ name: `ns.${dnsName}`, addresses: publishedAddresses, ttlSeconds: LIMITS.nameTtlSeconds }];
  return declared.map((server) => ({ ...server, ttlSeconds: LIMITS.nameServerTtlSeconds }));
}

function addressRecords(name: string, addresses: readonly string[], ttlSeconds: number): DnsRecord[] {
  return addresses.map((address) => {
    const type = isIPv6(address) ? "AAAA" : "A";
    return { type, name, ttlSeconds, address };
  });
}

function verificationRecord({ domainName, verification }: SpecOf<"domain">): DnsRecord {
  const name = verification.rr === "@" ? domainName : `${verification.rr}.${domainName}`;
  return { type: "TXT", name, ttlSeconds: LIMITS.nameTtlSeconds, text: verification.value };
}

function cnameRecord({ spec }: StoredObjectOf<"record">): DnsRecord {
  return { type: "CNAME", name: spec.fqdn, ttlSeconds: spec.ttlSeconds, target: spec.value };
}
