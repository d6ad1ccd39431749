import type { z } from "zod";
import { zoneSchema } from "../zone/schema";
import type { Unchecked } from "./definition";
import { targetDns, targetHost } from "./hidden-input";
import { isPlainObject, parseTolerant } from "./parse";
import { withoutAt } from "./paths";

/** How patiently a host is dialled, within `timeoutSeconds`: nothing that a resource would have to be updated for. */
const PATIENCE = [
  "perDialTimeout",
  "dialErrorLimit",
  "proxy.perDialTimeout",
  "proxy.dialErrorLimit",
] as const;

/** Where a resource's object is: on the hosts of a load balancer, or in a zone of somebody's. */
export interface ComparableTarget {
  readonly place: "loadBalancer" | "zone";
  /** Of another one, the object would stay behind. */
  readonly id: unknown;
  readonly compared: Unchecked;
}

/**
 * What a resource keeps of its load balancer for the time when the program does not run: a delete goes by it, so a
 * change of it (another key to log in with, say) has to reach every resource before. Not the state directory, which
 * cannot change.
 */
export function comparableTarget(hidden: unknown): ComparableTarget {
  const { target, zone } = isPlainObject(hidden) ? hidden : {};
  if (zone !== undefined) {
    const id = isPlainObject(zone) ? zone["zone"] : zone;
    return { place: "zone", id, compared: { zone: filled(zoneSchema, zone) } };
  }
  const place = "loadBalancer";
  if (!isPlainObject(target)) return { place, id: undefined, compared: { target } };
  const { loadBalancerId: id, hosts, dnsPort, dnsName, dns, verify, timeoutSeconds } = target;
  const compared = isPlainObject(hosts)
    ? Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, comparableHost(host)]))
    : hosts;
  // dnsName too: a listener's output of that name is what CNAMEs point at.
  return {
    place,
    id,
    compared: { hosts: compared, dnsPort, dnsName, dns: filled(targetDns, dns), verify, timeoutSeconds },
  };
}

function comparableHost(host: unknown): unknown {
  if (!isPlainObject(host)) return host;
  const { addresses, bindAddresses, status, connection } = host;
  return { addresses, bindAddresses, status, connection: comparableConnection(connection) };
}

function comparableConnection(connection: unknown): unknown {
  return withoutAt(filled(targetHost.shape.connection, connection), PATIENCE);
}

/** With the defaults of today: outputs have them, inputs do not. */
function filled(schema: z.core.$ZodType, value: unknown): unknown {
  const parsed = parseTolerant(schema, value);
  return parsed.mistakes.length === 0 ? parsed.value : value;
}
