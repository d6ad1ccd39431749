import { isDeepStrictEqual } from "node:util";
import type { DeclaredObjectOf } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn } from "../fleet/deadline";
import { hostsInOrder } from "../fleet/plan";
import { sightsOf } from "../fleet/publish";
import { drainedHosts, type Sights } from "../fleet/publish-plan";
import { tryAll } from "../fleet/reach";
import type { HiddenInput } from "../resource/hidden-input";
import { isKind } from "../resource/operation";
import {
  declaredOf,
  hiddenOf,
  incarnationOf,
  inputsFrom,
  outputsFrom,
  type Properties,
} from "../resource/properties";
import { tellDrift, type ReadResult } from "../resource/read";
import { loadBalancerDeclaration as declaration } from "./declaration";
import { loadBalancerObject } from "./object";
import { loadBalancerSchema, type LoadBalancerInputs } from "./schema";
import { pendingHosts, wrongNames } from "./names";
import { hostProblems } from "./problems";
import { hostStatusOf, type HostStatus } from "./status";

type Part = DeclaredObjectOf<"loadBalancer">;

/** Gone when no reachable host has its part; a host that lost it, or whose agent died, is filled by the next `up`. */
export async function readLoadBalancer(
  id: string,
  properties: Properties,
  log: ResourceLog,
): Promise<ReadResult> {
  const asked = hiddenOf(properties);
  const { active } = hostsInOrder(asked.target);
  const attempt = { log, deadline: deadlineIn(asked.target.timeoutSeconds) };
  const { agents, bare } = await tryAll(asked.target, active, "look", attempt);
  const sights = await sightsOf(asked.target, agents);
  const own = incarnationOf(properties) !== "";
  const parts = partsIn(sights, id, own ? asked.owner : null);
  const silent = active.filter((host) => !sights.has(host) && !bare.includes(host));
  const [part] = parts.values();
  if (part === undefined && silent.length === 0) return { id: "", props: {} };
  const hidden = part === undefined ? asked : { ...asked, owner: part.owner };
  const inputs = own
    ? loadBalancerSchema.parse(declaredOf(declaration, properties))
    : inputsOfAny(hidden, part);
  const drained = drainedHosts(sights);
  for (const host of drained) {
    log.warning(`host ${host}: drained by hand: it takes no connections until \`proxy-agent undrain\` there`);
  }
  const circumstances = { bare, drained, pending: pendingHosts(hidden.target, sights) };
  const seen = await hostStatusOf(hidden.target, agents, circumstances);
  const answering = new Map([...agents].filter(([host]) => sights.has(host)));
  const drift = {
    ...(await hostProblems(id, answering)),
    ...wrongNames(hidden.target, sights),
    ...driftIn(inputs, hidden, { parts, silent, active, seen }),
  };
  const hostStatus = { ...(properties["hostStatus"] as object | undefined), ...seen };
  const outputs = { hostStatus, ...tellDrift(drift, log) };
  const incarnation = part?.incarnation ?? incarnationOf(properties);
  const props = outputsFrom(declaration, inputs, outputs, { hidden, incarnation });
  return { id, props, ...(own ? {} : { inputs: inputsFrom(declaration, inputs, hidden) }) };
}

function partsIn(sights: Sights, id: string, owner: string | null): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const [host, { document }] of sights) {
    const object = document.objects[id];
    if (isKind(object, "loadBalancer") && (owner === null || object.owner === owner)) parts.set(host, object);
  }
  return parts;
}

interface Sight {
  readonly parts: ReadonlyMap<string, Part>;
  readonly silent: readonly string[];
  readonly active: readonly string[];
  readonly seen: Readonly<Record<string, HostStatus>>;
}

function driftIn(
  inputs: LoadBalancerInputs,
  hidden: HiddenInput,
  { parts, silent, active, seen }: Sight,
): Record<string, string> {
  const drift: Record<string, string> = {};
  for (const host of active) {
    const part = parts.get(host);
    if (silent.includes(host)) drift[host] = "its agent does not answer";
    else if (part === undefined) drift[host] = "it has no part of this load balancer";
    else if (!isDeepStrictEqual(declaredSpec(inputs, hidden, host, part), part.spec))
      drift[host] = "its part was changed behind Pulumi's back";
    else if (seen[host]?.status === "Unsupervised")
      drift[host] = "its agent's supervisor is gone, and what dies is not started again";
  }
  return drift;
}

/** To which hosts the name leads is no input: see wrongNames. */
function declaredSpec(
  inputs: LoadBalancerInputs,
  hidden: HiddenInput,
  host: string,
  part: Part,
): Part["spec"] {
  return loadBalancerObject(inputs, hidden, host, part, part.spec.publishedAddresses).spec;
}

/** For `static get`: what can be told from one host's part and from how the hosts are reached. */
function inputsOfAny({ target }: HiddenInput, part: Part | undefined): LoadBalancerInputs {
  const hosts = Object.fromEntries(
    Object.entries(target.hosts).map(([name, { addresses, bindAddresses, status, local, connection }]) => [
      name,
      { addresses, bindAddresses, status, local, connection },
    ]),
  );
  return loadBalancerSchema.parse({
    loadBalancerName: part?.spec.loadBalancerName ?? target.loadBalancerId,
    hosts,
    dnsName: target.dnsName,
    ...(part?.spec.dnsListen == null ? {} : { dnsListen: part.spec.dnsListen }),
    verify: target.verify,
    timeoutSeconds: target.timeoutSeconds,
  });
}
