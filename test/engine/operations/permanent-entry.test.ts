import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { ProviderProcess } from "../../support/engine/provider-process";
import type { Properties } from "../../support/engine";
import { onCleanup, temporaryDirectory } from "../../support/workspace";
import { join } from "node:path";

/** What old states hold, for ever. Never change these texts: add others. */
const TEXTS = {
  loadBalancer: 'exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").loadBalancer',
  certificate: 'exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").certificate',
  serverGroup: 'exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").serverGroup',
  tcpSslListener: 'exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").tcpSslListener',
  domain: 'exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").domain',
  cnameRecord: 'exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").cnameRecord',
};

describe("the permanent entry, in the SDK's own dynamic-provider server", () => {
  let provider: ProviderProcess;
  const lines: string[] = [];
  beforeAll(async () => {
    const options = { project: "p", configuration: {}, cwd: process.cwd(), env: {} };
    provider = await ProviderProcess.start("127.0.0.1:1", options, ({ message }) => lines.push(message));
    onCleanup(() => provider.stop());
  });

  it.each(Object.entries(TEXTS))(
    "%s answers check with what is wrong, and does not fail",
    async (name, text) => {
      const { failures } = await provider.check(urn(name), {}, { __provider: text, nonsense: 1 });
      expect(failures.length).toBeGreaterThan(0);
      expect(failures.every(({ property }) => property === "")).toBe(true);
    },
  );

  it("creates, reads, updates and deletes", async () => {
    const stateDir = join(temporaryDirectory("entry"), "agent");
    const inputs = loadBalancer(stateDir, "first");
    const checked = await provider.check(urn("web"), {}, inputs);
    expect(checked.failures).toEqual([]);
    const { id, outputs } = await provider.create(urn("web"), checked.inputs);
    expect(id).toBe("p-s-web");
    expect(outputs).toMatchObject({
      schemaVersion: 1,
      dnsName: "web.lb.test",
      __provider: TEXTS.loadBalancer,
    });
    const read = await provider.read(urn("web"), id, outputs);
    expect(read).toEqual({ id, outputs, inputs: null });
    const next = (await provider.check(urn("web"), checked.inputs, loadBalancer(stateDir, "second"))).inputs;
    expect((await provider.diff(urn("web"), id, outputs, checked.inputs, checked.inputs)).changes).toBe(
      "none",
    );
    expect((await provider.diff(urn("web"), id, outputs, checked.inputs, next)).changes).toBe("some");
    const updated = await provider.update(urn("web"), id, outputs, next);
    expect(updated).toMatchObject({ loadBalancerName: "second", incarnation: outputs["incarnation"] });
    await provider.delete(urn("web"), id, updated);
    expect((await provider.read(urn("web"), id, updated)).id).toBe("");
    await provider.delete(urn("web"), id, updated);
  });

  it("shows a failure as one message without a stack", async () => {
    const stateDir = join(temporaryDirectory("entry"), "none");
    const hidden = {
      ...(loadBalancer(stateDir, "x")["__offload"] as Properties),
      owner: "p/s/ServerGroup/group",
    };
    const inputs = { __provider: TEXTS.serverGroup, __offload: hidden, serverGroupName: "web", servers: [] };
    const checked = await provider.check(urn("group"), {}, inputs);
    const failure = await provider.create(urn("group"), checked.inputs).catch((error: unknown) => error);
    expect(String(failure)).toContain("AGENT_MISSING");
    expect(`${String(failure)}${lines.join("\n")}`).not.toMatch(/\bat .*\.js:\d+/);
  });

  it("costs next to nothing to load: no schema, no name server, no cryptography", () => {
    const entry = createRequire(__filename).resolve("pulumi-tls-offload/dynamic/v1");
    const program = `require(${JSON.stringify(entry)});console.log(Object.keys(require.cache).length)`;
    expect(Number(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }))).toBe(1);
  });
});

function urn(name: string): string {
  return `urn:pulumi:s::p::pulumi-nodejs:dynamic/offload:X::${name}`;
}

function loadBalancer(stateDir: string, loadBalancerName: string): Properties {
  const host = { addresses: ["127.0.0.1"], bindAddresses: ["127.0.0.1"], status: "Active" };
  const target = {
    loadBalancerId: "p-s-web",
    dnsName: "web.lb.test",
    hosts: { here: { ...host, local: { stateDir } } },
    dnsPort: null,
    verify: "deployer",
    timeoutSeconds: 60,
  };
  return {
    __provider: TEXTS.loadBalancer,
    __offload: { target, owner: "p/s/LoadBalancer/web", urn: urn("web") },
    loadBalancerName,
    dnsName: "web.lb.test",
    hosts: { here: { ...host, local: { stateDir } } },
  };
}
