import { domainName, normalize } from "../dns/name";
import type { Declaration, RuleContext, Unchecked } from "../resource/definition";
import { mistake, type Finding } from "../resource/finding";
import { list, properties, text } from "../resource/known";
import { isPlainObject } from "../resource/parse";

export const loadBalancerRules: Declaration["rules"] = (inputs, context) => {
  const found: Finding[] = [];
  const name = text(inputs["dnsName"]);
  const detail = name === undefined ? undefined : domainName(name).problem;
  if (detail !== undefined) found.push(mistake("dnsName", "DOMAIN_INVALID", { detail }));
  const { hosts } = inputs;
  if (isPlainObject(hosts) && Object.keys(hosts).length === 0)
    found.push(mistake("hosts", "INPUT_VALUE", { expected: "at least one host" }));
  return [...found, ...movedFindings(inputs, context), ...sharedFindings(inputs)];
};

/** Names are compared without case and final dot; so they are kept that way. */
export const deriveLoadBalancer: Declaration["derive"] = (inputs) => {
  const name = text(inputs["dnsName"]);
  return name === undefined ? {} : { dnsName: normalize(name) };
};

/** What cannot change, because it says where things are. */
function movedFindings(inputs: Unchecked, { olds }: RuleContext): Finding[] {
  const [before, after] = [targetOf(olds ?? {}), targetOf(inputs)];
  const [old, renamed] = [text(before["loadBalancerId"]), text(after["loadBalancerId"])];
  if (old !== undefined && renamed !== undefined && old !== renamed)
    return [mistake("", "LOAD_BALANCER_RENAMED", { old, renamed })];
  const directories = stateDirectories(before);
  return [...stateDirectories(after)].flatMap(([host, directory]) => {
    const was = directories.get(host);
    return was === undefined || was === directory
      ? []
      : [mistake(`hosts.${host}.local.stateDir`, "STATE_DIRECTORY_MOVED", { old: was, directory })];
  });
}

/** Two names for one machine: its agent would wait for itself. */
function sharedFindings(inputs: Unchecked): Finding[] {
  const first = new Map<string, string>();
  const claim = (host: string, what: string, path: string): Finding[] => {
    const other = first.get(what);
    if (other === undefined) first.set(what, host);
    return other === undefined || other === host ? [] : [mistake(path, "HOST_TWICE", { other })];
  };
  const directories = [...stateDirectories(targetOf(inputs))].flatMap(([host, directory]) =>
    claim(host, `directory ${directory}`, `hosts.${host}.local.stateDir`),
  );
  const addresses = Object.entries(properties(inputs["hosts"])).flatMap(([host, value]) =>
    list(properties(value)["addresses"]).flatMap((entry, index) => {
      const address = text(entry);
      return address === undefined ? [] : claim(host, address, `hosts.${host}.addresses[${index}]`);
    }),
  );
  return [...directories, ...addresses];
}

function targetOf(inputs: Unchecked): Unchecked {
  return properties(properties(inputs["__offload"])["target"]);
}

/** By host; those that are known. */
function stateDirectories(target: Unchecked): Map<string, string> {
  const entries = Object.entries(properties(target["hosts"])).flatMap(([host, value]) => {
    const directory = text(properties(properties(value)["local"])["stateDir"]);
    return directory === undefined ? [] : [[host, directory] as const];
  });
  return new Map(entries);
}
