import type { Unchecked } from "./definition";
import { targetHost } from "./hidden-input";
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
  const target = isPlainObject(hidden) ? hidden["target"] : undefined;
  if (!isPlainObject(target)) return { id: undefined, compared: { target } };
  const { loadBalancerId: id, hosts, dnsPort, dnsName, verify, timeoutSeconds } = target;
  const compared = isPlainObject(hosts)
    ? Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, comparableHost(host)]))
    : hosts;
  // dnsName too: a listener's output of that name is what CNAMEs point at.
  return { id, compared: { hosts: compared, dnsPort, dnsName, verify, timeoutSeconds } };
}

function comparableHost(host: unknown): unknown {
  if (!isPlainObject(host)) return host;
  const { addresses, bindAddresses, status, connection } = host;
  return { addresses, bindAddresses, status, connection: comparableConnection(connection) };
}

/** With the defaults of today: outputs have them, inputs do not. */
function comparableConnection(connection: unknown): unknown {
  const { value, mistakes } = parseTolerant(targetHost.shape.connection, connection);
  return withoutAt(mistakes.length === 0 ? value : connection, PATIENCE);
}
