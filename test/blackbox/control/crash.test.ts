import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CHANGE_STEPS, type ChangeStep } from "../../../proxy-agent/control/steps";
import { createAuthority, type IssuedCertificate } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { Backend, echo } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { connectTls, readBytes } from "../../support/tls-client";
import { until } from "../../support/until";
import { certificate, change, group, listener, loadBalancer } from "./objects";

/** From here on a crash comes back on the new document. A rename that was not synced may go either way. */
const NEW_FROM: ChangeStep = "document-named";
const REVERT_STEPS: readonly ChangeStep[] = ["before-revert", "pending-removed", "reverted"];

let first: IssuedCertificate;
let second: IssuedCertificate;
let backend: Backend;

beforeAll(async () => {
  const authority = await createAuthority();
  first = await authority.issue({ names: ["www.example.test"] });
  second = await authority.issue({ names: ["www.example.test"] });
  backend = await Backend.start(echo);
});

async function servingAgent(): Promise<{ agent: TestAgent; port: number }> {
  const agent = await TestAgent.start();
  const port = await freePort();
  const puts = [loadBalancer(), certificate(first), group([backend.port]), listener(port)];
  await agent.call("change", change(puts));
  return { agent, port };
}

/** From now on its control dies at that step of every change; the other processes live on. */
async function dieAt(agent: TestAgent, step: ChangeStep): Promise<void> {
  await agent.kill("supervise");
  await agent.kill("control");
  await agent.restart({ TLS_OFFLOAD_KILL_AT: step });
}

const documentOf = (agent: TestAgent): string => readFileSync(join(agent.stateDir, "document.json"), "utf8");

describe("power lost in a change", () => {
  let agent: TestAgent;
  let port: number;
  beforeAll(async () => {
    ({ agent, port } = await servingAgent());
  });

  it.each(CHANGE_STEPS.filter((step) => !REVERT_STEPS.includes(step)))(
    "at %s comes back with the old or the new document, and serves it",
    async (step) => {
      await dieAt(agent, step);
      const before = documentOf(agent);
      const old = (await agent.call("document", {})).confirmed;
      const isFirst = before.includes(fingerprintOf(certificate(first)));
      const [now, next] = isFirst ? [first, second] : [second, first];
      await expect(agent.call("change", change([certificate(next)]))).rejects.toMatchObject({
        code: "AGENT_UNREACHABLE",
      });
      await agent.ready();
      const isNew = CHANGE_STEPS.indexOf(step) >= CHANGE_STEPS.indexOf(NEW_FROM);
      const { confirmed, pending } = await agent.call("document", {});
      expect(confirmed.generation).toBe(old.generation + (isNew ? 1 : 0));
      expect(pending).toBeNull();
      if (!isNew) expect(documentOf(agent)).toBe(before);
      const served = fingerprintOf(certificate(isNew ? next : now));
      expect(documentOf(agent)).toContain(served);
      await until("the workers serve that document", async () => {
        const { dataPlane } = await agent.call("observed", {});
        return dataPlane.listeners[0]?.fingerprintsSha256[0] === served;
      });
      const client = await connectTls(port);
      expect(client.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase()).toBe(served);
      client.destroy();
      expect(readdirSync(join(agent.stateDir, "keys"))).toHaveLength(1);
    },
  );

  it.each(REVERT_STEPS)("at %s of a revert comes back with the old document", async (step) => {
    await dieAt(agent, step);
    const before = documentOf(agent);
    const renewal = certificate(before.includes(fingerprintOf(certificate(first))) ? second : first);
    const { changeId } = await agent.call("change", change([renewal], { confirmWithinSeconds: 60 }));
    await expect(agent.call("revert", {}, changeId ?? "")).rejects.toMatchObject({
      code: "AGENT_UNREACHABLE",
    });
    await agent.ready();
    expect(documentOf(agent)).toBe(before);
  });
});

describe("a process that dies", () => {
  it("does not touch a live connection when it is control, the supervisor or DNS", async () => {
    const { agent, port } = await servingAgent();
    const client = await connectTls(port);
    for (const role of ["control", "dns", "supervise"] as const) {
      await agent.kill(role);
      client.write(role);
      expect((await readBytes(client, role.length)).toString()).toBe(role);
    }
    const dataPlane = agent.pid("data-plane");
    await agent.restart();
    expect(agent.pid("data-plane")).toBe(dataPlane);
    client.write("still");
    expect((await readBytes(client, 5)).toString()).toBe("still");
    client.destroy();
    await agent.stop();
  });

  it("comes back with the whole configuration when it is the data plane", async () => {
    const { agent, port } = await servingAgent();
    await agent.kill("data-plane");
    const client = await until("the listener is served again", () => connectTls(port));
    client.write("hello");
    expect((await readBytes(client, 5)).toString()).toBe("hello");
    client.destroy();
    await agent.stop();
  });

  it("drops a pending change when it is control, whatever the data plane served of it", async () => {
    const { agent, port } = await servingAgent();
    const other = await freePort();
    await agent.call("change", change([listener(other)], { confirmWithinSeconds: 60 }));
    (await connectTls(other)).destroy();
    await agent.kill("control");
    await until("the pending listener is gone", () =>
      connectTls(other).then(
        () => false,
        () => true,
      ),
    );
    (await connectTls(port)).destroy();
    await agent.stop();
  });
});

function fingerprintOf({ object }: ReturnType<typeof certificate>): string {
  return object.kind === "certificate" ? object.spec.fingerprintSha256 : "";
}
