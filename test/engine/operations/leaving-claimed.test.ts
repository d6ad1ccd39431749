import { rmSync } from "node:fs";
import * as offload from "pulumi-tls-offload";
import { expect, it } from "vitest";
import { localClient } from "../../../provider/transport/local/client";
import { MiniEngine } from "../../support/engine";
import { endProcessesNaming, onCleanup } from "../../support/workspace";
import { FleetSite } from "./fleet-site";

const [A, B] = ["127.0.0.171", "127.0.0.172"];

it("a host that was installed anew for another load balancer keeps its agent when the first lets it go", async () => {
  const staying = { "edge-a": { bind: A } };
  const site = await FleetSite.start({ ...staying, "edge-b": { bind: B } });
  await site.engine.up(site.program());
  const stateDir = site.stateDir("edge-b");
  await endProcessesNaming(stateDir);
  rmSync(stateDir, { recursive: true });
  const other = new MiniEngine({ stack: "other" });
  onCleanup(() => other.stop());
  await other.up(() => {
    new offload.LoadBalancer("web", { hosts: { again: { addresses: [B], local: { stateDir } } } });
  });
  const { logs } = await site.engine.up(site.program({ hosts: staying }));
  const taken = "test-project-other-web";
  expect(logs.map(({ message }) => message)).toContainEqual(
    expect.stringContaining(`host edge-b belongs to ${taken} now: the agent there stays`),
  );
  expect(await localClient("edge-b", stateDir).call("facts", {})).toMatchObject({ loadBalancerId: taken });
  await other.destroy();
  await site.engine.destroy();
});
