import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { LookupFunction } from "node:net";
import { TLSSocket, type PeerCertificate } from "node:tls";

const VISIT_MILLISECONDS = 5_000;
const CHAIN_MAX = 8;

/** How a name was found. */
export interface Resolution {
  /** The name asked for, then each CNAME's value. */
  readonly chain: readonly string[];
  readonly addresses: readonly string[];
}

/** What one visit on a new connection saw. */
export interface Visit {
  readonly servedBy: string;
  readonly protocol: string;
  readonly cipher: string;
  readonly certificate: PeerCertificate;
}

/**
 * Follows CNAMEs to addresses, asking one DNS server only.
 *
 * @param server "127.0.0.1:8053"
 */
export async function resolveName(server: string, name: string): Promise<Resolution> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([server]);
  const chain = [name];
  for (let next = await cnameOf(resolver, name); next !== undefined && chain.length <= CHAIN_MAX;) {
    chain.push(next);
    next = await cnameOf(resolver, next);
  }
  return { chain, addresses: await resolver.resolve4(name) };
}

/** Opens `https://name:port/` at `address`, trusting `ca` alone, on a connection of its own. */
export async function visit(name: string, address: string, port: number, ca: string): Promise<Visit> {
  const lookup: LookupFunction = (_name, _options, callback) => {
    callback(null, [{ address, family: 4 }]);
  };
  const sent = request({ host: name, port, ca, lookup, agent: false, timeout: VISIT_MILLISECONDS });
  sent.on("timeout", () => sent.destroy(new Error(`${name}:${port} does not answer`)));
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const { socket } = response;
  if (!(socket instanceof TLSSocket)) throw new Error("The answer did not come over TLS");
  const seen = {
    servedBy: String(response.headers["x-served-by"] ?? "somebody else"),
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    certificate: socket.getPeerCertificate(),
  };
  response.resume();
  await once(response, "end");
  return seen;
}

async function cnameOf(resolver: Resolver, name: string): Promise<string | undefined> {
  try {
    return (await resolver.resolveCname(name))[0];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENODATA") return undefined;
    throw error;
  }
}
