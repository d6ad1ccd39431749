import type { DnsConfiguration, DnsRecord, DnsZone } from "../interface";

/** The addresses that are to be probed: those of the probed name. Empty: it has none, or there is no port to probe. */
export function probedAddresses({ zones, probing }: DnsConfiguration): string[] {
  if (probing === undefined || probing.ports.length === 0) return [];
  const records = zones.flatMap((zone) => zone.records);
  return records.flatMap((record) => (isAddressOf(record, probing.name) ? [record.address] : []));
}

/** Those that the name leads to: all where none serves, because a name without an address helps nobody. */
export function givenAddresses(
  probed: readonly string[],
  serves: (address: string) => boolean,
): ReadonlySet<string> {
  const serving = probed.filter(serves);
  return new Set(serving.length === 0 ? probed : serving);
}

/** The zones with what is given. Their serials stay: nobody transfers these zones, and control alone numbers them. */
export function givenZones({ zones, probing }: DnsConfiguration, given: ReadonlySet<string>): DnsZone[] {
  if (probing === undefined || probing.ports.length === 0) return [...zones];
  const isGiven = (record: DnsRecord): boolean =>
    !isAddressOf(record, probing.name) || given.has(record.address);
  return zones.map((zone) => ({ ...zone, records: zone.records.filter(isGiven) }));
}

function isAddressOf(record: DnsRecord, name: string): record is Extract<DnsRecord, { address: string }> {
  return (record.type === "A" || record.type === "AAAA") && record.name === name;
}
