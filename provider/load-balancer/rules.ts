import { domainName, normalize } from "../dns/name";
import { publicDnsFindings } from "../public-dns/rules";
import type { Declaration, Unchecked } from "../resource/definition";
import { mistake, type Finding } from "../resource/finding";
import { list, properties, text } from "../resource/known";
import { isPlainObject } from "../resource/parse";
import { isUnknown } from "../resource/unknowns";
import { zoneFindings } from "../zone/rules";
import { connectionFindings } from "./connection-rules";
import { movedFindings } from "./moved";
import { replacedFindings } from "./replaced";

export const loadBalancerRules: Declaration["rules"] = (inputs, { olds }) => {
  const found: Finding[] = [];
  const name = text(inputs["dnsName"]);
  const detail = name === undefined ? undefined : domainName(name).problem;
  if (detail !== undefined) found.push(mistake("dnsName", "DOMAIN_INVALID", { detail }));
  const { hosts } = inputs;
  if (isPlainObject(hosts) && Object.keys(hosts).length === 0)
    found.push(mistake("hosts", "INPUT_VALUE", { expected: "at least one host" }));
  return [
    ...found,
    ...Object.entries(properties(hosts)).flatMap(([host, value]) =>
      isPlainObject(value) ? connectionFindings(value, `hosts.${host}`) : [],
    ),
    ...movedFindings(targetOf(olds ?? {}), targetOf(inputs)),
    ...replacedFindings(targetOf(olds ?? {}), targetOf(inputs)),
    ...sharedFindings(inputs),
    ...dnsFindings(inputs),
    ...publicDnsFindings(inputs),
  ];
};

function dnsFindings(inputs: Unchecked): Finding[] {
  const { rfc2136 } = properties(inputs["dns"]);
  return isPlainObject(rfc2136) ? zoneFindings(rfc2136, "dns.rfc2136", text(inputs["dnsName"])) : [];
}

/** Names are compared without case and final dot; so they are kept that way. */
export const deriveLoadBalancer: Declaration["derive"] = (inputs) => {
  const name = text(inputs["dnsName"]);
  return name === undefined ? {} : { dnsName: normalize(name) };
};

/** Two names for one machine: its agent would wait for itself. */
function sharedFindings(inputs: Unchecked): Finding[] {
  const first = new Map<string, string>();
  const claim = (host: string, what: string, path: string): Finding[] => {
    const other = first.get(what);
    if (other === undefined) first.set(what, host);
    return other === undefined || other === host ? [] : [mistake(path, "HOST_TWICE", { other })];
  };
  const places = Object.entries(properties(targetOf(inputs)["hosts"])).flatMap(([host, value]) => {
    const { local, connection } = properties(value);
    const directory = text(properties(local)["stateDir"]);
    const login = loginOf(properties(connection));
    return [
      ...(directory === undefined ? [] : claim(host, directory, `hosts.${host}.local.stateDir`)),
      ...(login === undefined ? [] : claim(host, login, `hosts.${host}.connection.host`)),
    ];
  });
  const addresses = Object.entries(properties(inputs["hosts"])).flatMap(([host, value]) =>
    list(properties(value)["addresses"]).flatMap((entry, index) => {
      const address = text(entry);
      return address === undefined ? [] : claim(host, address, `hosts.${host}.addresses[${index}]`);
    }),
  );
  return [...places, ...addresses];
}

function targetOf(inputs: Unchecked): Unchecked {
  return properties(properties(inputs["__offload"])["target"]);
}

/** Where sshd listens; behind different jump hosts one address may be that of different machines. */
function loginOf({ host, port = 22, proxy }: Unchecked): string | undefined {
  const { host: jumpHost, port: jumpPort = 22 } = properties(proxy);
  const parts = [host, port, ...(proxy === undefined ? [] : [jumpHost, jumpPort])];
  if (parts.some((part) => part === undefined || isUnknown(part))) return undefined;
  return `ssh ${parts.join(" ").toLowerCase()}`;
}
