import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HealthMonitor, type Target } from "../../../../proxy-agent/health/monitor";
import { until } from "../../../support/until";

const check = {
  type: "TCP",
  port: 0,
  connectTimeoutSeconds: 1,
  intervalSeconds: 0.1,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
} as const;

let server: Server;
let monitor: HealthMonitor;
let changes: number;
let target: Target;

async function listen(port: number): Promise<void> {
  server = createServer((socket) => socket.resume()).listen(port, "127.0.0.1");
  await once(server, "listening");
}

beforeEach(async () => {
  await listen(0);
  changes = 0;
  monitor = new HealthMonitor(() => {
    changes += 1;
  });
  target = { key: "server", ip: "127.0.0.1", port: (server.address() as AddressInfo).port, check };
});
afterEach(() => {
  monitor.stop();
  server.close();
});

it("takes a dead server out, and back in when it recovers", async () => {
  monitor.watch([target]);
  await until("healthy", () => monitor.get("server").state === "healthy");
  server.close();
  await until("unhealthy", () => monitor.get("server").state === "unhealthy");
  expect(monitor.get("server")).toMatchObject({ detail: "ECONNREFUSED", everHealthy: true });
  await listen(target.port);
  await until("healthy again", () => monitor.get("server").state === "healthy");
  expect(changes).toBeGreaterThanOrEqual(4);
});

it("keeps what it knows of a server through changes of others and of the check itself", async () => {
  monitor.watch([target]);
  await until("healthy", () => monitor.get("server").state === "healthy");
  const dead = { ...target, key: "other", port: 1 };
  monitor.watch([{ ...target, check: { ...check, intervalSeconds: 0.2 } }, dead]);
  // What is not known yet must not overwrite what the data plane knew before a restart of control.
  expect(monitor.states()).toEqual({ server: "healthy" });
  expect(monitor.get("other").state).toBe("unknown");
  await until("the other is known", () => monitor.get("other").state === "unhealthy");
  monitor.watch([target]);
  expect(monitor.states()).toEqual({ server: "healthy" });
});

it("counts a server without checks as unchecked, and checks it once they are on", async () => {
  monitor.watch([{ ...target, check: null }]);
  expect(monitor.states()).toEqual({ server: "unchecked" });
  monitor.watch([target]);
  await until("healthy", () => monitor.get("server").state === "healthy");
});
