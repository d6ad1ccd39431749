import { describe, expect, it } from "vitest";
import { serverGroupDeclaration } from "../../../../provider/server-group/declaration";
import { checked, CORRECT } from "../declared";

const server = { serverId: "ECS01", serverIp: "10.0.0.11", port: 80 };
const group = (changes: object): ReturnType<typeof checked> =>
  checked(serverGroupDeclaration, { ...CORRECT.serverGroup, ...changes });

describe("a server group's mistakes, as a person reads them", () => {
  it("lets a correct one through with its defaults", () => {
    const { inputs, reasons, advice } = group({});
    expect(reasons).toEqual([]);
    expect(advice).toEqual([]);
    expect(inputs).toMatchObject({ protocol: "TCP", scheduler: "Wrr", healthCheck: { healthyThreshold: 2 } });
  });

  it.each([
    [
      { preserveClientIpEnabled: true },
      "preserveClientIpEnabled: a TCPSSL listener cannot serve a server group that preserves client IP addresses. Leave preserveClientIpEnabled out. (CLIENT_IP_PRESERVED)",
    ],
    [
      { protocol: "UDP" },
      "protocol: a TCPSSL listener needs a server group of protocol TCP. Give TCP, or leave protocol out. (GROUP_PROTOCOL)",
    ],
    [
      { scheduler: "Sch" },
      "scheduler: the data plane `builtin` cannot do this: that scheduler. Leave it out, or give one of Wrr, Rr. (CAPABILITY_MISSING)",
    ],
    [
      { healthCheck: { healthCheckType: "HTTP" } },
      "healthCheck.healthCheckType: the data plane `builtin` cannot do this: a health check of that type. Leave it out, or give one of TCP. (CAPABILITY_MISSING)",
    ],
    [
      { healthCheck: { healthyThreshold: 11 } },
      "healthCheck.healthyThreshold: has a value that is not allowed. Give a whole number from 2 to 10. (INPUT_VALUE)",
    ],
    [
      { connectionDrainTimeout: 9 },
      "connectionDrainTimeout: has a value that is not allowed. Give a whole number from 10 to 900 seconds. (INPUT_VALUE)",
    ],
    [
      { servers: [{ ...server, serverIp: "ecs01.internal" }] },
      "servers[0].serverIp: is a host name or other text, where an IP address is needed. Give an IPv4 or IPv6 address. (HOST_NAME_FOR_ADDRESS)",
    ],
    [
      { servers: [server, { ...server, serverId: "ECS02" }] },
      "servers[1]: has the same serverIp and port as servers[0]. Remove one of them; use weight to give a server more connections. (SERVER_TWICE)",
    ],
    [
      { servers: [server, { ...server, serverIp: "10.0.0.12" }] },
      "servers[1]: has the same serverId and port as servers[0]. Remove one of them; use weight to give a server more connections. (SERVER_TWICE)",
    ],
    [
      { servers: [{ ...server, wieght: 5 }] },
      "servers[0].wieght: is not a property that exists here. Write weight if that is what is meant, or leave it out. (INPUT_MISSPELT)",
    ],
    [
      { serverGroupName: "1st" },
      "serverGroupName: has a value that is not allowed. Give 2 to 128 letters, digits and . _ -, beginning with a letter. (INPUT_VALUE)",
    ],
    [{ servers: undefined }, "servers: is missing. Give a list of 0 to 400. (INPUT_MISSING)"],
    [
      { servers: [{ ...server, port: "80" }] },
      "servers[0].port: is text. Give a whole number from 1 to 65535. (INPUT_TYPE)",
    ],
  ])("says of %j what would be right", (changes, message) => {
    expect(group(changes).reasons).toEqual([message]);
  });

  it("lets one server be there with two ports", () => {
    expect(group({ servers: [server, { ...server, port: 81 }] }).reasons).toEqual([]);
  });

  it("finds every mistake at once", () => {
    const { reasons } = group({
      scheduler: "Qch",
      servers: [server, { ...server, weight: 101 }, { ...server, serverIp: "x" }],
    });
    expect(reasons).toHaveLength(5);
  });

  it("advises against a group that takes no connection", () => {
    expect(group({ servers: [{ ...server, weight: 0 }] }).advice).toEqual([
      "servers: no server has a weight above 0, so that no new connection is served. Give at least one server a weight above 0, unless the group shall drain. (NO_WEIGHT)",
    ]);
  });
});
