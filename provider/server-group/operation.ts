import type { ObservedServer } from "tls-offload-agent/contract";
import { LIMITS } from "tls-offload-agent/contract";
import { poll } from "../fleet/deadline";
import { nameOf } from "../resource/hidden-input";
import { observeAll } from "../fleet/observe";
import { sentencesOf } from "../resource/host-view";
import type { ObjectOperation, Seen } from "../resource/operation";
import { serverGroupDrift } from "./drift";
import { serverGroupSchema, type ServerGroupInputs } from "./schema";

const POLL_SECONDS = 0.2;

export const serverGroupOperation: ObjectOperation<ServerGroupInputs, "serverGroup"> = {
  kind: "serverGroup",
  schema: serverGroupSchema,
  idOf: (_inputs, hidden) => `${hidden.target.loadBalancerId}/server-group/${nameOf(hidden)}`,
  objectOf: (inputs, _hidden, { id, owner, incarnation }) => ({
    id,
    owner,
    incarnation,
    kind: "serverGroup",
    spec: {
      serverGroupName: inputs.serverGroupName,
      scheduler: inputs.scheduler,
      connectionDrainTimeoutSeconds: inputs.connectionDrainEnabled ? inputs.connectionDrainTimeout : null,
      healthCheck: healthCheckOf(inputs.healthCheck),
      servers: inputs.servers.map(({ serverIp, ...server }) => ({ ...server, ip: serverIp })),
    },
  }),
  inputsOf: ({ spec }, old) => ({
    adopt: false,
    protocol: "TCP",
    preserveClientIpEnabled: false,
    ...old,
    serverGroupName: spec.serverGroupName,
    scheduler: spec.scheduler,
    connectionDrainEnabled: spec.connectionDrainTimeoutSeconds !== null,
    connectionDrainTimeout: spec.connectionDrainTimeoutSeconds ?? old?.connectionDrainTimeout ?? 300,
    healthCheck: healthCheckInputs(spec.healthCheck, old?.healthCheck),
    servers: spec.servers.map(({ ip, ...server }) => ({ ...server, serverIp: ip })),
  }),
  outputsOf: () => ({}),
  after: async (inputs, { id, agents, deadline, log }) => {
    let latest: Seen = {};
    if (inputs.healthCheck.healthCheckEnabled) log.progress("waiting for the first health checks");
    await poll(
      async () => {
        latest = await observeAll(agents);
        return Object.values(latest).every((seen) => serversOf(seen.servers, id).every(isChecked))
          ? true
          : undefined;
      },
      { seconds: LIMITS.firstHealthCheckSeconds, everySeconds: POLL_SECONDS, deadline },
    );
    for (const [host, seen] of Object.entries(latest)) {
      for (const server of serversOf(seen.servers, id).filter(({ health }) => health === "unhealthy")) {
        log.warning(`host ${host}: server ${server.serverId} is unhealthy: ${server.detail}`);
      }
    }
    return { serverHealth: healthOf(latest, id) };
  },
  observe: (_inputs, { id, hidden, lastOutputs }, views) => {
    const seen = Object.fromEntries([...views].map(([host, { observed }]) => [host, observed]));
    const notServed = sentencesOf(views, (view) => serverGroupDrift(id, view));
    const known = Object.entries(lastOutputs["serverHealth"] ?? {}).filter(([host]) => {
      return Object.hasOwn(hidden.target.hosts, host);
    });
    const serverHealth = { ...Object.fromEntries(known), ...healthOf(seen, id) };
    return Promise.resolve({ outputs: { serverHealth }, notServed });
  },
};

function serversOf(servers: readonly ObservedServer[], id: string): ObservedServer[] {
  return servers.filter(({ serverGroupId }) => serverGroupId === id);
}

function isChecked({ health }: ObservedServer): boolean {
  return health !== "unknown";
}

/** Host name -> server id -> health. No detail and no count: these would differ from one look to the next. */
function healthOf(seen: Seen, id: string): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(seen).map(([host, { servers }]) => [
      host,
      Object.fromEntries(serversOf(servers, id).map(({ serverId, health }) => [serverId, health])),
    ]),
  );
}

type HealthCheckInputs = ServerGroupInputs["healthCheck"];
type HealthCheckSpec = ReturnType<typeof serverGroupOperation.objectOf>["spec"]["healthCheck"];

function healthCheckOf(inputs: HealthCheckInputs): HealthCheckSpec {
  if (!inputs.healthCheckEnabled) return null;
  return {
    type: inputs.healthCheckType,
    port: inputs.healthCheckConnectPort,
    connectTimeoutSeconds: inputs.healthCheckConnectTimeout,
    intervalSeconds: inputs.healthCheckInterval,
    healthyThreshold: inputs.healthyThreshold,
    unhealthyThreshold: inputs.unhealthyThreshold,
  };
}

function healthCheckInputs(spec: HealthCheckSpec, old: HealthCheckInputs | undefined): HealthCheckInputs {
  const settings = spec ?? (old === undefined ? null : healthCheckOf({ ...old, healthCheckEnabled: true }));
  return {
    healthCheckEnabled: spec !== null,
    healthCheckType: "TCP",
    healthCheckConnectPort: settings?.port ?? 0,
    healthCheckConnectTimeout: settings?.connectTimeoutSeconds ?? 5,
    healthCheckInterval: settings?.intervalSeconds ?? 10,
    healthyThreshold: settings?.healthyThreshold ?? 2,
    unhealthyThreshold: settings?.unhealthyThreshold ?? 2,
  };
}
