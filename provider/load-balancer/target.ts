import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Target } from "../resource/hidden-input";
import { properties } from "../resource/known";
import { changeInput } from "../program/sealed";
import type { Rfc2136Args } from "../zone/args";
import type { HostArgs, LoadBalancerArgs, LoadBalancerReference } from "./args";
import { lasting, normalName } from "../zone/declared";
import { FILE_PATHS } from "./schema";

const targets = new WeakMap<pulumi.Resource, pulumi.Input<Target>>();

/**
 * The load balancer as its dependents need it, secrets and all, from its arguments alone. Its outputs would be unknown in every
 * preview that touches the load balancer, and all dependents with them.
 */
export function makeTarget(
  loadBalancerId: string,
  args: LoadBalancerArgs,
  urn?: string,
): pulumi.Input<Target> {
  const hosts = Object.entries(properties(args.hosts)).map(([name, host]) => [
    name,
    targetHost(loadBalancerId, name, properties(host)),
  ]);
  const target = {
    loadBalancerId,
    ...(urn === undefined ? {} : { urn }),
    dnsName: normalName(args.dnsName ?? defaultDnsName(loadBalancerId)),
    hosts: Object.fromEntries(hosts) as Target["hosts"],
    ...(args.dns === undefined ? {} : { dns: zoneIn(args, loadBalancerId) }),
    dnsPort: args.dnsListen === undefined ? null : (args.dnsListen.port ?? 53),
    verify: args.verify ?? "deployer",
    timeoutSeconds: args.timeoutSeconds ?? 300,
  };
  // Its leaves may be outputs, which Pulumi resolves at any depth.
  return changeInput(target as pulumi.Input<Target>, ["hosts.*.local.stateDir", ...FILE_PATHS], lasting);
}

export function defaultDnsName(loadBalancerId: string): string {
  return `${loadBalancerId.toLowerCase().replaceAll("_", "-")}.lb.internal`;
}

/** The zone of the name: by default what is left of it without its first label. */
function zoneIn({ dns, dnsName }: LoadBalancerArgs, loadBalancerId: string): object {
  const given = properties(properties(dns)["rfc2136"]) as Partial<Rfc2136Args>;
  const name = normalName(dnsName ?? defaultDnsName(loadBalancerId));
  const parent = (known: string): string => known.split(".").slice(1).join(".");
  const fallback = typeof name === "string" ? parent(name) : pulumi.output(name).apply(parent);
  return { rfc2136: { ...given, zone: normalName(given.zone ?? fallback) } };
}

/** For a load balancer, and for what leads its own dependents to one. */
export function rememberTarget(resource: pulumi.Resource, target: pulumi.Input<Target>): void {
  targets.set(resource, target);
}

export function targetOf(resource: pulumi.Resource): pulumi.Input<Target> | undefined {
  return targets.get(resource);
}

/** The target of what a program gave as `loadBalancer`, and what to wait for. */
export function resolveReference(reference: LoadBalancerReference | undefined): {
  target: pulumi.Input<Target> | undefined;
  after: pulumi.Resource[];
} {
  if (pulumi.Resource.isInstance(reference)) return { target: targetOf(reference), after: [reference] };
  return { target: reference, after: [] };
}

/** A property of a target that may be an output as a whole. */
export function fromTarget<Value>(
  target: pulumi.Input<Target> | undefined,
  read: (target: Target) => Value,
): pulumi.Input<Value> | undefined {
  if (target === undefined) return undefined;
  if (pulumi.Output.isInstance(target) || target instanceof Promise)
    return pulumi.output(target).apply<Value>((known) => read(known));
  return read(target);
}

function targetHost(loadBalancerId: string, name: string, host: Partial<HostArgs>): object {
  const { local, connection } = host;
  const { stateDir = defaultStateDirectory(loadBalancerId, name) } = properties(local);
  return {
    addresses: host.addresses,
    bindAddresses: host.bindAddresses ?? host.addresses,
    status: host.status ?? "Active",
    ...(local === undefined ? {} : { local: { stateDir } }),
    ...(connection === undefined ? {} : { connection }),
  };
}

function defaultStateDirectory(loadBalancerId: string, host: string): string {
  const base = process.env["XDG_STATE_HOME"] ?? "";
  // Empty and relative ones do not count (XDG Base Directory Specification).
  const states = isAbsolute(base) ? base : join(homedir(), ".local", "state");
  return join(states, "tls-offload", loadBalancerId, host);
}
