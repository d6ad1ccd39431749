import type { Declaration } from "../resource/definition";
import { advice, mistake, type Finding } from "../resource/finding";
import { list, properties } from "../resource/known";
import { hasUnknown, isUnknown } from "../resource/unknowns";

export const serverGroupRules: Declaration["rules"] = (inputs) => {
  const sameId = twice(inputs["servers"], "serverId");
  const sameIp = twice(inputs["servers"], "serverIp").filter(
    ({ path }) => !sameId.some((same) => same.path === path),
  );
  return [...sameId, ...sameIp, ...withoutWeight(inputs["servers"])];
};

/** The cloud's attachments are keyed by server and port; so one server may be there with several ports. */
function twice(servers: unknown, property: "serverId" | "serverIp"): Finding[] {
  const first = new Map<string, number>();
  return list(servers).flatMap((server, index) => {
    const { [property]: id, port } = properties(server);
    if (id === undefined || port === undefined || isUnknown(id) || isUnknown(port)) return [];
    const key = JSON.stringify([id, port]);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    const parameters = { what: `${property} and port`, other: `servers[${earlier ?? index}]` };
    return earlier === undefined ? [] : [mistake(`servers[${index}]`, "SERVER_TWICE", parameters)];
  });
}

function withoutWeight(servers: unknown): Finding[] {
  const weights = list(servers).map((server) => properties(server)["weight"]);
  const allZero = weights.length > 0 && !hasUnknown(weights) && weights.every((weight) => weight === 0);
  return allZero ? [advice("servers", "NO_WEIGHT", {})] : [];
}
