import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { OffloadError, servesAll, STATE_FILES } from "../../../proxy-agent/contract";
import { createAuthority } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { Backend, echo } from "../../support/backends";
import { connects } from "../../support/connects";
import { freePort } from "../../support/free-port";
import { connectTls, readBytes } from "../../support/tls-client";
import { until } from "../../support/until";
import { certificate, change, group, listener, loadBalancer } from "./objects";

const CLIENTS = 40;

let agent: TestAgent;
let backend: Backend;
let port: number;

beforeAll(async () => {
  agent = await TestAgent.start();
  backend = await Backend.start(echo);
  port = await freePort();
  const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
  const objects = [loadBalancer(), certificate(issued), group([backend.port]), listener(port)];
  await agent.call("change", change(objects));
});

async function speaks(client: Awaited<ReturnType<typeof connectTls>>): Promise<void> {
  client.write("hello");
  expect((await readBytes(client, 5)).toString()).toBe("hello");
}

describe("a host that a person drains", () => {
  it("refuses new clients and cuts no client that is connected", async () => {
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connectTls(port)));
    const drained = agent.call("drain", { reason: "new memory" });
    // Under load: all of them go on while it drains.
    await Promise.all(clients.map(speaks));
    await drained;
    expect(await connects(port)).toBe(false);
    await Promise.all(clients.map(speaks));
    const observed = await agent.call("observed", {});
    expect(observed).toMatchObject({ drained: true, drainReason: "new memory" });
    expect(agent.run("status")).toContain("drained        new memory\n");
    for (const client of clients) client.destroy();
  });

  it("counts as serving, so that nobody waits for its listeners", async () => {
    const document = await agent.call("document", {});
    expect(servesAll(document, await agent.call("observed", {}))).toBe(true);
  });

  it("stays drained when its processes die", async () => {
    await agent.kill("data-plane");
    await agent.kill("control");
    await agent.ready();
    expect(await agent.call("observed", {})).toMatchObject({ drained: true, drainReason: "new memory" });
    expect(await connects(port)).toBe(false);
  });

  it("takes changes, refuses those that could not be served, and serves them when it is back", async () => {
    const another = await freePort();
    const answer = await agent.call("change", change([listener(another)]));
    expect(answer).toMatchObject({ state: "confirmed", affectedListenerIds: [] });
    expect(await connects(another)).toBe(false);
    const unbindable = change([loadBalancer({ bindAddresses: ["192.0.2.1"] })]);
    await expect(agent.call("change", unbindable)).rejects.toMatchObject({ code: "ADDRESS_NOT_BINDABLE" });
    expect(agent.run("undrain")).not.toContain("drained ");
    for (const one of [port, another]) {
      const client = await until("it serves again", () => connectTls(one));
      await speaks(client);
      client.destroy();
    }
    expect(existsSync(join(agent.stateDir, STATE_FILES.drained))).toBe(false);
    expect(await agent.call("observed", {})).toMatchObject({ drained: false });
  });

  it("waits for a change that is pending, so that neither undoes the other", async () => {
    const request = change([listener(port, { description: "pending" })], { confirmWithinSeconds: 1 });
    expect((await agent.call("change", request)).state).toBe("pending");
    agent.run("drain", "--reason", "by hand");
    expect((await agent.call("document", {})).pending).toBeNull();
    expect(await connects(port)).toBe(false);
    await agent.call("undrain", {});
    expect(await connects(port)).toBe(true);
  });

  it("stays drained when the file that says so is damaged", async () => {
    writeFileSync(join(agent.stateDir, STATE_FILES.drained), "");
    await agent.kill("control");
    await agent.ready();
    await until("it is drained", async () => !(await connects(port)));
    await agent.call("undrain", {});
    expect(await connects(port)).toBe(true);
  });

  it("is not drained with more words than fit", async () => {
    const error: unknown = await agent.call("drain", { reason: "x".repeat(257) }).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(OffloadError);
    expect(error).toMatchObject({ code: "BAD_REQUEST" });
  });
});
