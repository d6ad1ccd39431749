import { isDeepStrictEqual } from "node:util";
import { messageOf, type DeclaredObjectOf } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn } from "../fleet/deadline";
import { clonesAmong } from "../fleet/clones";
import { observeAll } from "../fleet/observe";
import { nameProblem } from "../fleet/name-zone";
import { hostsInOrder } from "../fleet/plan";
import { lookAtAll } from "../fleet/publish";
import { drainedHosts, planPublication, type Sights } from "../fleet/publish-plan";
import { tryAll } from "../fleet/reach";
import { forgetSilence, tellSilence } from "../fleet/silence";
import { delegationOutput } from "../public-dns/delegation";
import { checkDelegation } from "../public-dns/tell";
import type { HiddenInput } from "../resource/hidden-input";
import { isKind } from "../resource/operation";
import {
  declaredOf,
  driftOf,
  hiddenOf,
  incarnationOf,
  inputsFrom,
  outputsFrom,
  type Properties,
} from "../resource/properties";
import { tellDrift, type ReadResult } from "../resource/read";
import { carriedBundle } from "../transport/local/bundle";
import { loadBalancerDeclaration as declaration } from "./declaration";
import { loadBalancerObject } from "./object";
import { loadBalancerSchema, type LoadBalancerInputs } from "./schema";
import { pendingHosts, wrongNames } from "./names";
import { hostProblems } from "./problems";
import { mendable, rootOnly } from "./root-only";
import { dnsHealthOf } from "./dns-health";
import { formerNamesIn } from "./former-name";
import { isGivenUp, placeOfName } from "./given-up";
import { hostStatusOf } from "./status";

type Part = DeclaredObjectOf<"loadBalancer">;

/**
 * Gone when every host was seen and none has its part. A host that lost it, or whose agent died, is filled by the next
 * `up`; one in Maintenance is not looked at, and may have it.
 */
export async function readLoadBalancer(
  id: string,
  properties: Properties,
  log: ResourceLog,
): Promise<ReadResult> {
  const asked = hiddenOf(properties);
  const { active, skipped } = hostsInOrder(asked.target);
  const attempt = { log, deadline: deadlineIn(asked.target.timeoutSeconds) };
  const { agents, bare, failures } = await tryAll(asked.target, active, "look", attempt);
  const { sights, failures: silence } = await lookAtAll(asked.target, agents);
  await tellSilence(asked, new Map([...failures, ...silence]), log);
  forgetSilence(asked.target, sights.keys());
  const own = incarnationOf(properties) !== "";
  const parts = partsIn(sights, id, own ? asked.owner : null);
  const silent = active.filter((host) => !sights.has(host) && !bare.includes(host));
  const [part] = parts.values();
  if (part === undefined && silent.length + skipped.length === 0) return { id: "", props: {} };
  const hidden = part === undefined ? asked : { ...asked, owner: part.owner };
  const inputs = own
    ? loadBalancerSchema.parse(declaredOf(declaration, properties))
    : inputsOfAny(hidden, part);
  const drained = drainedHosts(sights);
  for (const host of drained) {
    log.warning(`host ${host}: drained by hand: it takes no connections until \`proxy-agent undrain\` there`);
  }
  // One that hangs would hold up each further call as long as the first one.
  const answering = new Map([...agents].filter(([host]) => sights.has(host)));
  for (const host of await clonesAmong(answering)) {
    log.warning(messageOf("HOST_CLONED", `host ${host}`, {}));
  }
  const pending = pendingHosts(hidden.target, sights);
  const circumstances = { bare, drained, pending, before: properties["hostStatus"] };
  const seen = await hostStatusOf(hidden.target, answering, circumstances);
  const observed = await observeAll(answering);
  const { version } = await carriedBundle();
  const drift = {
    ...mendable(rootOnly(seen, observed), { seen, agents: answering, own: version }, log),
    ...hostProblems(id, observed),
    ...wrongNames(hidden.target, sights),
    ...driftIn(inputs, hidden, { parts, silent, active }),
    ...(part === undefined ? {} : await zoneDrift(hidden, sights, driftOf(properties), log)),
  };
  const hostStatus = { ...(properties["hostStatus"] as object | undefined), ...seen };
  // Of a host that does not answer all is said already.
  const audible = Object.entries(drift).filter(([host]) => !silent.includes(host));
  tellDrift(Object.fromEntries(audible), log);
  const formerNames = formerNamesIn(properties);
  await checkDelegation(hidden.target, inputs.dnsListen, log);
  const outputs = {
    hostStatus,
    ...delegationOutput(hidden.target, inputs.dnsListen),
    // What an older version's state lacks comes by the next update, not as a difference that a refresh finds.
    ...(properties["dnsHealth"] === undefined ? {} : { dnsHealth: dnsHealthOf(hidden.target) }),
    ...(formerNames.length === 0 ? {} : { formerNames }),
    ...(Object.keys(drift).length > 0 ? { drift } : {}),
  };
  const incarnation = part?.incarnation ?? incarnationOf(properties);
  const props = outputsFrom(declaration, inputs, outputs, { hidden, incarnation });
  return { id, props, ...(own ? {} : { inputs: inputsFrom(declaration, inputs, hidden) }) };
}

/** What the name's zone says otherwise than the hosts. */
async function zoneDrift(
  { target, owner }: HiddenInput,
  sights: Sights,
  last: Properties,
  log: ResourceLog,
): Promise<Record<string, string>> {
  const place = placeOfName(target);
  const known = Object.fromEntries(
    Object.entries(last as Record<string, string>).filter(([at]) => at === place),
  );
  if (isGivenUp(target)) return known;
  const problem = await nameProblem(target, owner, planPublication(target, sights).current);
  if (problem === null) return {};
  if ("drift" in problem) return { [place]: problem.drift };
  log.warning(`${problem.unseen} What was last known of ${target.dnsName} stays.`);
  return known;
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
}

function driftIn(inputs: LoadBalancerInputs, hidden: HiddenInput, sight: Sight): Record<string, string> {
  return Object.fromEntries(
    sight.active.flatMap((host) => {
      const wrong = wrongWith(host, inputs, hidden, sight);
      return wrong === null ? [] : [[host, wrong] as const];
    }),
  );
}

function wrongWith(
  host: string,
  inputs: LoadBalancerInputs,
  hidden: HiddenInput,
  { parts, silent }: Sight,
): string | null {
  const part = parts.get(host);
  if (silent.includes(host)) return "its agent does not answer";
  if (part === undefined) return "it has no part of this load balancer";
  return isDeepStrictEqual(declaredSpec(inputs, hidden, host, part), part.spec)
    ? null
    : "its part was changed behind Pulumi's back";
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
    ...(part?.spec.dnsListen == null ? {} : { dnsListen: listenOf(part.spec.dnsListen) }),
    verify: target.verify,
    timeoutSeconds: target.timeoutSeconds,
  });
}

function listenOf({ addresses, port, nameServers }: NonNullable<Part["spec"]["dnsListen"]>): object {
  return { addresses, port, public: nameServers !== undefined };
}
