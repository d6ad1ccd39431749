import { lookup } from "node:dns/promises";
import type { Socket } from "node:net";
import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { Deadline } from "../../fleet/deadline";
import { connectTcp, type DnsServerAddress } from "../transport";
import { primaryText, type Primary } from "./primary";

/** Every address of the primary, in the order in which this machine prefers them. */
export async function addressesOf(primary: Primary): Promise<readonly DnsServerAddress[]> {
  const { server, port } = primary;
  try {
    const found = await lookup(server, { all: true, order: "verbatim" });
    return found.map(({ address }) => ({ address, port }));
  } catch (error) {
    const parameters = { server: primaryText(primary), detail: textOf(error) };
    throw new OffloadError("DNS_PRIMARY_NAME_UNKNOWN", "", parameters, { cause: error });
  }
}

/** A connection to the first address that takes one. */
export async function connectTo(primary: Primary, deadline: Deadline): Promise<Socket> {
  const failures: unknown[] = [];
  for (const address of await addressesOf(primary)) {
    const seconds = Math.min(LIMITS.dnsConnectSeconds, deadline.remainingSeconds());
    try {
      return await connectTcp(address, seconds * 1_000);
    } catch (error) {
      failures.push(error);
    }
  }
  const detail = failures.map(textOf).join("; ");
  const parameters = { server: primaryText(primary), detail };
  throw new OffloadError("DNS_PRIMARY_UNREACHABLE", "", parameters, { cause: failures.at(-1) });
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
