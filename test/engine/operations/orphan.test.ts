import { describe, expect, it } from "vitest";
import { EngineServer } from "../../support/engine/engine-server";
import { ProviderProcess } from "../../support/engine/provider-process";
import { until } from "../../support/until";
import { onCleanup } from "../../support/workspace";

describe("a provider process whose Pulumi was killed", () => {
  it("does not stay on the machine for good", async () => {
    const engine = await EngineServer.start(() => undefined);
    onCleanup(() => {
      engine.stop();
    });
    const options = { project: "p", configuration: {}, cwd: process.cwd(), env: {} };
    const provider = await ProviderProcess.start(engine.address, options, () => undefined);
    onCleanup(() => provider.stop());
    const text = 'exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").certificate';
    const urn = "urn:pulumi:s::p::pulumi-nodejs:dynamic/offload:Certificate::www";
    await provider.check(urn, {}, { __provider: text });
    expect(isAlive(provider.pid)).toBe(true);
    engine.stop();
    await until("the provider process has ended", () => !isAlive(provider.pid));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
