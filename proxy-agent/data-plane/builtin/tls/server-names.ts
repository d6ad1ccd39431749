/**
 * Which certificate a client gets for the name it asks for (SNI): an exact name before a wildcard, a wildcard
 * covers one label (RFC 6125 6.4.3), case and a final dot mean nothing. undefined: the default certificate.
 */
export class ServerNames<Value> {
  private readonly exact = new Map<string, Value>();
  private readonly wildcards = new Map<string, Value>();

  /** The first who claims a name keeps it. */
  add(names: readonly string[], value: Value): void {
    for (const name of names.map(normalize)) {
      const isWildcard = name.startsWith("*.");
      const key = isWildcard ? name.slice(2) : name;
      const map = isWildcard ? this.wildcards : this.exact;
      if (!map.has(key)) {
        map.set(key, value);
      }
    }
  }

  find(serverName: string): Value | undefined {
    const name = normalize(serverName);
    const firstDot = name.indexOf(".");
    return this.exact.get(name) ?? (firstDot > 0 ? this.wildcards.get(name.slice(firstDot + 1)) : undefined);
  }
}

function normalize(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}
