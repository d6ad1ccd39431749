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

/**
 * What a resource keeps of its load balancer for the time when the program does not run: a delete goes by it, so a
 * change of it (another key to log in with, say) has to reach every resource before. Not the state directory, which
 * cannot change.
 */
export function comparableTarget(hidden: unknown): { readonly id: unknown; readonly compared: Unchecked } {
  const { target, zone } = isPlainObject(hidden) ? hidden : {};
  if (zone !== undefined) return { id: undefined, compared: { zone: filled(zoneSchema, zone) } };
  if (!isPlainObject(target)) return { id: undefined, compared: { target } };
  const { loadBalancerId: id, hosts, dnsPort, dnsName, dns, verify, timeoutSeconds } = target;
  const compared = isPlainObject(hosts)
    ? Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, comparableHost(host)]))
    : hosts;
  // dnsName too: a listener's output of that name is what CNAMEs point at.
  return {
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
