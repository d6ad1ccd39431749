import { Resolver } from "node:dns/promises";
import { LIMITS } from "tls-offload-agent/contract";
import type { DnsServerAddress } from "./transport";

const DNS_PORT = 53;
const TRY_MILLISECONDS = 2_000;

/**
 * The servers to which the world is sent for a zone, by its NS records; empty: nobody is sent anywhere, as for an
 * internal zone that no resolver of this machine knows. OFFLOAD_DNS_RESOLVERS="192.0.2.1,192.0.2.2:5353" asks others
 * than the system's own resolvers.
 */
export async function delegatedServers(zone: string): Promise<readonly DnsServerAddress[]> {
  const resolver = new Resolver({ timeout: TRY_MILLISECONDS, tries: 2 });
  const others = process.env["OFFLOAD_DNS_RESOLVERS"] ?? "";
  if (others !== "") resolver.setServers(others.split(",").map((server) => server.trim()));
  const names = await resolver.resolveNs(zone).catch((): string[] => []);
  const addresses = await Promise.all(
    names.slice(0, LIMITS.zoneServers).map(async (name) => {
      const [ipv4, ipv6] = await Promise.all([
        resolver.resolve4(name).catch((): string[] => []),
        resolver.resolve6(name).catch((): string[] => []),
      ]);
      return [...ipv4, ...ipv6].slice(0, 1);
    }),
  );
  return addresses.flat().map((address) => ({ address, port: DNS_PORT }));
}
