import type { dynamic } from "@pulumi/pulumi";
import { messageOf } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { adoptedHosts } from "../fleet/clones";
import { delegationOutput } from "../public-dns/delegation";
import { checkDelegation, printDelegation } from "../public-dns/tell";
import { PartialFailure, ShownError } from "../resource/failure";
import { providerOf } from "../resource/handler";
import { nameOf } from "../resource/hidden-input";
import { freshIncarnation } from "../resource/incarnation";
import {
  declaredOf,
  driftOf,
  hiddenOf,
  incarnationOf,
  outputsFrom,
  type Properties,
} from "../resource/properties";
import { loadBalancerDeclaration as declaration } from "./declaration";
import { deleteLoadBalancer } from "./delete";
import { withHostsOf } from "./departures";
import { applyLoadBalancer } from "./operation";
import { readLoadBalancer } from "./read";
import { loadBalancerSchema } from "./schema";
import { carriedBundle } from "../transport/local/bundle";
import { dnsHealthOf } from "./dns-health";
import { dueNames, formerNamesAfter, formerNamesIn, releaseFormerNames, tellNameLeft } from "./former-name";
import { givenUpDrift, isGivenUp, placeOfName } from "./given-up";
import { hostAdvice, hostStatusOf, outdatedAgents } from "./status";

export const loadBalancerProvider: dynamic.ResourceProvider = providerOf(declaration, {
  create: async (properties, log) => {
    const { target } = hiddenOf(properties);
    const outs = await apply(target.loadBalancerId, null, properties, freshIncarnation(), log);
    return { id: target.loadBalancerId, outs };
  },
  update: async (id, olds, news, log) => {
    const drifted = Object.keys(driftOf(olds)).length > 0 || incarnationOf(olds) === "";
    const incarnation = drifted ? freshIncarnation() : incarnationOf(olds);
    return { outs: await apply(id, olds, news, incarnation, log) };
  },
  read: readLoadBalancer,
  wantsUpdate: async (olds, log, isUpdating) => {
    for (const text of hostAdvice(olds["hostStatus"])) log.warning(text);
    const bundle = await carriedBundle();
    const outdated = outdatedAgents(olds["hostStatus"], bundle);
    const replaceable = outdated.filter(({ limitedUser }) => limitedUser === undefined);
    for (const { host, version, own } of replaceable) {
      log.info(`host ${host}: agent ${version} gives way to ${own}; connections go on`);
    }
    // A machine is adopted by an update, for which nothing else may be there to be changed.
    const adopted = [...adoptedHosts()];
    const due = dueNames(olds, hiddenOf(olds).target, new Date());
    for (const { dnsName } of due) log.info(`${dnsName}, a name that it had, is to go`);
    const wanted =
      due.length > 0 ||
      isGivenUp(hiddenOf(olds).target) ||
      replaceable.length > 0 ||
      adopted.some((host) => hiddenOf(olds).target.hosts[host] !== undefined);
    // An update meets the agents itself, and with the login of today.
    if (wanted || isUpdating) return true;
    for (const { host, version, own, limitedUser: user = "" } of outdated) {
      log.warning(messageOf("AGENT_OLDER", `host ${host}`, { version, own, user }));
    }
    return false;
  },
  delete: async (id, properties, log) => {
    const hidden = hiddenOf(properties);
    if (isGivenUp(hidden.target))
      log.warning(`${placeOfName(hidden.target)} is given up: ${hidden.target.dnsName} stays there`);
    await releaseFormerNames(formerNamesIn(properties), hidden.target, log);
    const problems = await deleteLoadBalancer(id, incarnationOf(properties), hidden, log);
    if (problems.length > 0) throw new ShownError(nameOf(hidden), problems.join("\n"));
  },
});

async function apply(
  id: string,
  olds: Properties | null,
  news: Properties,
  incarnation: string,
  log: ResourceLog,
): Promise<Record<string, unknown>> {
  const inputs = loadBalancerSchema.parse(declaredOf(declaration, news));
  const hidden = hiddenOf(news);
  const old = olds === null ? null : hiddenOf(olds);
  const { agents, drained, remaining, problems } = await applyLoadBalancer({
    inputs,
    hidden,
    identity: { id, owner: hidden.owner, incarnation },
    previousOwner: old?.owner ?? null,
    old: old?.target ?? null,
    formerNames: formerNamesIn(olds ?? {}).map(({ dnsName }) => dnsName),
    log,
  });
  const hostStatus = await hostStatusOf(hidden.target, agents, { drained, before: olds?.["hostStatus"] });
  const now = new Date();
  await releaseFormerNames(dueNames(olds, hidden.target, now), hidden.target, log);
  tellNameLeft(old?.target ?? null, hidden.target, log);
  const former = formerNamesAfter(olds, old, hidden.target, now);
  const delegation = delegationOutput(hidden.target, inputs.dnsListen);
  const dnsHealth = dnsHealthOf(hidden.target);
  const outputs = { hostStatus, dnsHealth, ...delegation, ...former, ...givenUpDrift(hidden.target, log) };
  // The next `up`, or a destroy, removes what is still there.
  const target = withHostsOf(old?.target ?? null, remaining, hidden.target);
  const outs = outputsFrom(declaration, inputs, outputs, { hidden: { ...hidden, target }, incarnation });
  if (problems.length > 0)
    throw new PartialFailure(nameOf(hidden), id, { ...outs, __provider: news["__provider"] }, problems);
  printDelegation(hidden.target, delegation, olds, log);
  await checkDelegation(hidden.target, inputs.dnsListen, log);
  return outs;
}
