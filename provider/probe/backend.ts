import { LIMITS, OffloadError, type ProbeRecord } from "tls-offload-agent/contract";
import { poll, type Deadline } from "../fleet/deadline";
import { establish } from "./certificate";
import type { Expectation } from "./expectation";
import type { Place } from "./place";
import type { HostReport } from "./report";

const POLL_SECONDS = 0.05;

/**
 * The agent's own record of this very connection names the server that took it. `required` absent: a server has to
 * take it as soon as one of the group was ever healthy.
 */
export async function verifyBackend(
  place: Place,
  expectation: Expectation,
  required: boolean | undefined,
  deadline: Deadline,
): Promise<HostReport["backend"]> {
  await place.agent.call("openProbeWindow", { seconds: LIMITS.probeWindowSeconds });
  const connection = await establish(place, expectation.certificates[0]?.serverName ?? null);
  const record = await recordOf(place, connection.exporterHex, deadline).finally(connection.end);
  const { address, port, where } = place;
  if (record === null) throw new OffloadError("VERIFY_FOREIGN", where, { address, port });
  if (record.serverId !== null) return "reached";
  if (!(required ?? (await wasEverHealthy(place, expectation.serverGroupId)))) return "none healthy yet";
  throw new OffloadError("VERIFY_NO_BACKEND", where, {
    address,
    port,
    serverGroupId: expectation.serverGroupId,
    seen: record.state === "no-server" ? "none accepted a connection" : `the connection is ${record.state}`,
  });
}

/** Waits until the record is settled; what there is when the time is over. */
async function recordOf(place: Place, exporterHex: string, deadline: Deadline): Promise<ProbeRecord | null> {
  let latest: ProbeRecord | null = null;
  await poll(
    async () => {
      const { record } = await place.agent.call("probe", { exporterHex });
      latest = record;
      return record === null || record.state === "connecting" ? undefined : record;
    },
    { seconds: LIMITS.verifyRecordSeconds, everySeconds: POLL_SECONDS, deadline },
  );
  return latest;
}

async function wasEverHealthy(place: Place, serverGroupId: string): Promise<boolean> {
  const { servers } = await place.agent.call("observed", {});
  return servers.some((server) => server.serverGroupId === serverGroupId && server.everHealthy);
}
