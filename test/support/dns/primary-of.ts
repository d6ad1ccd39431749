import type { Primary } from "../../../provider/dns/rfc2136/primary";
import type { DnsPrimary } from "./primary";

/** A server of a test as the provider knows it, over TCP. */
export function primaryOf({ address, port, zone, key }: DnsPrimary): Primary {
  const secret = Buffer.from(key.secret, "base64");
  return { server: address, port, zone, transport: "tcp", key: { ...key, secret } };
}
