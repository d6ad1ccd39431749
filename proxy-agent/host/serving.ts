import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { API, STATE_FILES } from "../contract/api";
import { HOST_LAYOUT } from "../contract/host-layout";
import { LIMITS } from "../contract/limits";
import { servesAll } from "../contract/serving";
import { callApi } from "../http/client";
import type { Account } from "./account";
import { complaints } from "./complaints";
import { oneLine } from "./run";
import { journalTail } from "./systemd";

const POLL_MILLISECONDS = 100;
const QUICK_SECONDS = 3;

/** Whether the agent of this host runs that bundle, under its supervisor, and serves its document. */
export async function isServing(bundleSha256: string): Promise<boolean> {
  const { stateDir } = HOST_LAYOUT;
  const socket = STATE_FILES.controlSocket;
  const call = { stateDir, socket, table: API, request: {}, timeoutSeconds: QUICK_SECONDS } as const;
  try {
    const facts = await callApi({ ...call, name: "facts" });
    if (facts.bundleSha256 !== bundleSha256 || facts.supervised !== true) return false;
    return servesAll(
      await callApi({ ...call, name: "document" }),
      await callApi({ ...call, name: "observed" }),
    );
  } catch {
    return false;
  }
}

/** false: it did not within LIMITS.agentStartSeconds. */
export async function waitUntilServing(bundleSha256: string): Promise<boolean> {
  const deadline = performance.now() + LIMITS.agentStartSeconds * 1_000;
  while (!(await isServing(bundleSha256))) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MILLISECONDS);
  }
  return true;
}

/** Why the agent does not serve, as far as it or systemd said so since `since` (Unix, ms), in one line. */
export async function lastWords({ uid }: Account, since: number): Promise<string> {
  const logs = join(HOST_LAYOUT.stateDir, STATE_FILES.logs);
  const said = entries(logs).flatMap((name) => complaints(readOwned(join(logs, name), uid, since), since));
  const seconds = Math.ceil((Date.now() - since) / 1_000);
  const text = oneLine([...new Set([...said, ...complaints(await journalTail(seconds), since)])].join("\n"));
  return text === "" ? "nothing" : text;
}

/** The agent's own file only: its user could put a link to one that root alone may read. */
function readOwned(file: string, uid: number, since: number): string {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = fstatSync(descriptor);
      const isIt = found.uid === uid && found.isFile() && found.mtimeMs >= since;
      return isIt ? readFileSync(descriptor, "utf8") : "";
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return "";
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
