export interface ZoneText {
  readonly zone: string;
  /** Lines of a zone file; names without a final dot are below the zone. */
  readonly records: readonly string[];
}

/** SOA and NS are as the embedded server makes them, so that the two can be compared. */
export function zoneFile({ zone, records }: ZoneText, address: string): string {
  const lines = [
    `$ORIGIN ${zone}.`,
    "$TTL 600",
    "@ 60 IN SOA ns1 hostmaster 1 3600 600 604800 60",
    "@ 3600 IN NS ns1",
    `ns1 ${address.includes(":") ? "AAAA" : "A"} ${address}`,
    ...records,
  ];
  return `${lines.join("\n")}\n`;
}
