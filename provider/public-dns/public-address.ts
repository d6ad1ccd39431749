import { BlockList, isIP } from "node:net";

/**
 * Blocks that the IANA special-purpose registries call not globally reachable (RFC 6890), and multicast. Their few
 * exceptions are anycast and tunnel addresses, which no host has as its own.
 */
const NOT_PUBLIC_IPV4 = [
  // "This network", with the wildcard (RFC 791).
  "0.0.0.0/8",
  // Private (RFC 1918).
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  // Carrier-grade NAT (RFC 6598).
  "100.64.0.0/10",
  // Loopback (RFC 1122) and link-local (RFC 3927).
  "127.0.0.0/8",
  "169.254.0.0/16",
  // IETF protocol assignments (RFC 6890) and the former relays of 6to4 (RFC 7526).
  "192.0.0.0/24",
  "192.88.99.0/24",
  // Documentation (RFC 5737).
  "192.0.2.0/24",
  "198.51.100.0/24",
  "203.0.113.0/24",
  // Benchmarking (RFC 2544).
  "198.18.0.0/15",
  // Multicast (RFC 5771), reserved and broadcast (RFC 1112).
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/** Addresses that carry an IPv4 one (::ffff:0:0/96) are what that one is: BlockList looks through them. */
const NOT_PUBLIC_IPV6 = [
  // The wildcard and loopback (RFC 4291).
  "::/127",
  // NAT64 inside a network (RFC 8215).
  "64:ff9b:1::/48",
  // Discard-only (RFC 6666) and dummy (RFC 9780).
  "100::/63",
  // IETF protocol assignments (RFC 2928), with Teredo, benchmarking and ORCHID; 6to4 (RFC 3056).
  "2001::/23",
  "2002::/16",
  // Documentation (RFC 3849, RFC 9637).
  "2001:db8::/32",
  "3fff::/20",
  // Segment identifiers (RFC 9602).
  "5f00::/16",
  // Unique local (RFC 4193), link-local and the former site-local (RFC 4291, RFC 3879).
  "fc00::/7",
  "fe80::/9",
  // Multicast (RFC 4291).
  "ff00::/8",
];

const notPublic = new BlockList();
for (const [family, blocks] of [
  ["ipv4", NOT_PUBLIC_IPV4],
  ["ipv6", NOT_PUBLIC_IPV6],
] as const) {
  for (const block of blocks) {
    const [network = "", prefix] = block.split("/");
    notPublic.addSubnet(network, Number(prefix), family);
  }
}

/** Whether the whole internet can route to it. false as well for what is no IP address. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && !notPublic.check(address, version === 4 ? "ipv4" : "ipv6");
}
