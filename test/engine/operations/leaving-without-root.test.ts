import { expect, it } from "vitest";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { installAgent } from "../../../provider/transport/local/agent";
import { MiniEngine } from "../../support/engine";
import { recordedLog } from "../../support/ssh/log";
import { playHost } from "../../support/ssh/played-host";
import { onCleanup } from "../../support/workspace";
import { FleetSite } from "./fleet-site";

const [A, B, C] = ["127.0.0.211", "127.0.0.212", "127.0.0.213"];
const STAYING = { "edge-a": { bind: A }, "edge-b": { bind: B } };

it("a host whose login may not remove the agent is refused to leave before it stops serving anybody", async () => {
  const site = await FleetSite.start(STAYING, {}, { withDns: true });
  const stateDir = site.stateDir("edge-c");
  await installAgent({ host: "edge-c", stateDir, log: recordedLog(), deadline: deadlineIn(60) });
  const { connection } = await playHost({ stateDir, login: "restricted" });
  const draining = { connectionDrainEnabled: true, connectionDrainTimeout: 10 };
  const all = site.program({ draining, hosts: { ...STAYING, "edge-c": { bind: C, connection } } });
  const without = site.program({ draining });
  await site.engine.up(all);
  const traffic = site.handshakes(C);
  await expect(site.engine.up(without)).rejects.toThrow(
    "host edge-c: cannot leave: removing its agent takes root there, and pipeline is not root and may not sudo without a password. " +
      "Take it back into `hosts` with a login in `connection` that may, run `pulumi up`, and take it out then. " +
      "Or give it up, with all that is on it, by setting OFFLOAD_RELEASE_HOSTS=edge-c in the environment. (LEAVING_NEEDS_ROOT)",
  );
  expect((await site.engine.up(all)).changes).toEqual([]);
  expect((await traffic.stop()).failures).toEqual([]);
  expect(await site.namedAt(A)).toEqual([A, B, C]);
  const releasing = new MiniEngine({ env: { OFFLOAD_SKIP_WAITS: "1", OFFLOAD_RELEASE_HOSTS: "edge-c" } });
  onCleanup(() => releasing.stop());
  releasing.snapshot = site.engine.snapshot;
  await releasing.up(without);
  expect(await site.namedAt(A)).toEqual([A, B]);
  await releasing.destroy();
});
