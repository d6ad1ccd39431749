import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import { poll, type Deadline } from "../fleet/deadline";
import { verifyBackend } from "./backend";
import { verifyCertificates } from "./certificate";
import type { Expectation } from "./expectation";
import type { Place } from "./place";
import type { HostReport } from "./report";
import { openStream } from "./stream";
import { verifyVersions } from "./versions";

const POLL_SECONDS = 0.2;

/** Everything that a client can tell about a listener, by fresh handshakes from this machine. */
export async function verifyOpen(
  place: Place,
  expectation: Expectation,
  requireHealthyBackend: boolean | undefined,
  deadline: Deadline,
): Promise<HostReport> {
  const certificate = await verifyCertificates(place, expectation);
  const versions = await verifyVersions(place, expectation);
  const backend = await verifyBackend(place, expectation, requireHealthyBackend, deadline);
  return { address: place.address, port: place.port, certificate, ...versions, backend };
}

/** Nothing accepts a connection there any more. */
export async function verifyClosed(place: Place, deadline: Deadline): Promise<void> {
  const closed = await poll(async () => ((await accepts(place)) ? undefined : true), {
    seconds: LIMITS.verifyClosedSeconds,
    everySeconds: POLL_SECONDS,
    deadline,
  });
  if (closed === true) return;
  const { address, port, where } = place;
  throw new OffloadError("VERIFY_STILL_ANSWERS", where, { address, port });
}

async function accepts(place: Place): Promise<boolean> {
  try {
    (await openStream(place)).stream.destroy();
    return true;
  } catch (error) {
    // What could not be tried is not closed.
    if (error instanceof OffloadError) throw error;
    return false;
  }
}
