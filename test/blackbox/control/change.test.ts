import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createAuthority, type IssuedCertificate } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { Backend, named } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { connectTls, readBytes } from "../../support/tls-client";
import { until } from "../../support/until";
import { certificate, change, group, listener, loadBalancer, LOAD_BALANCER, put } from "./objects";

let agent: TestAgent;
let issued: IssuedCertificate;
let port: number;

const documentBytes = (): string => readFileSync(join(agent.stateDir, "document.json"), "utf8");

async function answerOf(listenerPort: number): Promise<string> {
  const socket = await connectTls(listenerPort);
  const answer = await readBytes(socket, "ECS01".length);
  socket.destroy();
  return answer.toString().trim();
}

beforeAll(async () => {
  agent = await TestAgent.start();
  issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
  const backend = await Backend.start(named("ECS01"));
  port = await freePort();
  const puts = [loadBalancer(), certificate(issued), group([backend.port]), listener(port)];
  const answer = await agent.call("change", change(puts));
  expect(answer).toMatchObject({ state: "confirmed", generation: 1 });
  expect(answer.affectedListenerIds).toEqual([`${LOAD_BALANCER}/listener/${port}`]);
});

describe("a change", () => {
  it("serves traffic as soon as it is confirmed", async () => {
    expect(await answerOf(port)).toBe("ECS01");
  });

  it("writes nothing when the document says so already", async () => {
    const before = documentBytes();
    expect(await agent.call("change", change([listener(port)]))).toMatchObject({ state: "unchanged" });
    expect(documentBytes()).toBe(before);
  });

  it("is told in a dry run and not made", async () => {
    const before = documentBytes();
    const request = change([listener(port, { idleTimeoutSeconds: 30 })], { dryRun: true });
    const answer = await agent.call("change", request);
    expect(answer).toMatchObject({ state: "planned", changeId: null });
    expect(answer.affectedListenerIds).toHaveLength(1);
    expect(documentBytes()).toBe(before);
  });

  it("leaves the document byte for byte and the old service when it is reverted", async () => {
    const before = documentBytes();
    const other = await freePort();
    const request = change([listener(other)], { confirmWithinSeconds: 60 });
    const { changeId, state } = await agent.call("change", request);
    expect(state).toBe("pending");
    expect(await answerOf(other)).toBe("ECS01");
    await agent.call("revert", {}, changeId ?? "");
    await expect(connectTls(other)).rejects.toThrow("ECONNREFUSED");
    expect(await answerOf(port)).toBe("ECS01");
    expect(documentBytes()).toBe(before);
  });

  it("reverts by itself when nobody confirms, and says so to whoever comes late", async () => {
    const before = documentBytes();
    const other = await freePort();
    const { changeId } = await agent.call("change", change([listener(other)], { confirmWithinSeconds: 1 }));
    await until("the listener is gone again", async () =>
      connectTls(other).then(
        () => false,
        () => true,
      ),
    );
    expect(documentBytes()).toBe(before);
    await expect(agent.call("confirm", {}, changeId ?? "")).rejects.toMatchObject({ code: "NO_SUCH_CHANGE" });
  });

  it("stays while it is renewed", async () => {
    const request = change([put("domain", `${LOAD_BALANCER}/domain/renewed`, domain("renewed.test"))], {
      confirmWithinSeconds: 1,
    });
    const { changeId } = await agent.call("change", request);
    await agent.call("renew", { confirmWithinSeconds: 60 }, changeId ?? "");
    const { pending } = await agent.call("document", {});
    expect(pending?.secondsLeft).toBeGreaterThan(50);
    const { generation } = await agent.call("confirm", {}, changeId ?? "");
    // A lost answer may be asked for again.
    expect(await agent.call("confirm", {}, changeId ?? "")).toEqual({ generation });
  });

  it("is refused while another is pending, naming who holds it and for how long", async () => {
    const one = change([put("domain", `${LOAD_BALANCER}/domain/one`, domain("one.test"))], {
      confirmWithinSeconds: 60,
      holder: "demo/dev/Domain/one",
    });
    const { changeId } = await agent.call("change", one);
    const two = change([put("domain", `${LOAD_BALANCER}/domain/two`, domain("two.test"))]);
    await expect(agent.call("change", two)).rejects.toMatchObject({
      code: "BUSY",
      parameters: { holder: "demo/dev/Domain/one" },
    });
    const waiting = agent.call("change", { ...two, waitSeconds: 30 });
    await agent.call("confirm", {}, changeId ?? "");
    expect(await waiting).toMatchObject({ state: "confirmed" });
    const { confirmed } = await agent.call("document", {});
    expect(Object.keys(confirmed.objects)).toEqual(
      expect.arrayContaining([`${LOAD_BALANCER}/domain/one`, `${LOAD_BALANCER}/domain/two`]),
    );
  });

  it("of two writers that saw the same document refuses the second", async () => {
    const { confirmed } = await agent.call("document", {});
    const expectedGeneration = confirmed.generation;
    const names = ["left", "right"];
    const results = await Promise.allSettled(
      names.map((name) =>
        agent.call(
          "change",
          change([put("domain", `${LOAD_BALANCER}/domain/${name}`, domain(`${name}.test`))], {
            expectedGeneration,
            waitSeconds: 10,
          }),
        ),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((result) => result.status === "rejected")?.reason).toMatchObject({
      code: "GENERATION_CHANGED",
    });
  });

  it("whose port is taken is refused with the old document still served", async () => {
    const before = documentBytes();
    const taken = await Backend.start(named("somebody else"));
    const refused = agent.call("change", change([listener(taken.port)]));
    await expect(refused).rejects.toMatchObject({ code: "PORT_IN_USE", parameters: { port: taken.port } });
    expect(documentBytes()).toBe(before);
    expect(await answerOf(port)).toBe("ECS01");
  });

  it("with a key that is not the certificate's is refused and leaves no key behind", async () => {
    const authority = await createAuthority();
    const one = await authority.issue({ names: ["one.test"] });
    const two = await authority.issue({ names: ["two.test"] });
    const wrong = { ...certificate(one, `${LOAD_BALANCER}/certificate/wrong`), keyPem: two.keyPem };
    await expect(agent.call("change", change([wrong]))).rejects.toMatchObject({
      code: "CERTIFICATE_UNUSABLE",
    });
    const missing = { ...certificate(one, `${LOAD_BALANCER}/certificate/wrong`), keyPem: null };
    await expect(agent.call("change", change([missing]))).rejects.toMatchObject({ code: "KEY_MISSING" });
  });
});

function domain(domainName: string): { domainName: string; verification: { rr: string; value: string } } {
  return { domainName, verification: { rr: "_offload", value: "proof" } };
}
