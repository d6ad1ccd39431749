import type { Primary } from "../../../provider/dns/rfc2136/primary";
import type { Target } from "../../../provider/resource/hidden-input";
import { zoneSchema } from "../../../provider/zone/schema";
import { HIDDEN } from "./declared";

export const NAME = "web.lb.example.test";

/** A load balancer whose name is in a zone of that primary's. */
export function targetIn({ server, port, zone, key }: Primary): Target {
  const keySecret = key.secret.toString("base64");
  const rfc2136 = zoneSchema.parse({ server, port, zone, keyName: key.name, keySecret });
  return { ...HIDDEN.target, dnsName: NAME, dns: { rfc2136 } };
}
