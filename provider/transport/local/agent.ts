import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { LIMITS, messageOf, OffloadError, STATE_FILES, type FactsAnswer } from "tls-offload-agent/contract";
import type { ResourceLog } from "../../engine-log/resource-log";
import { poll, type Deadline } from "../../fleet/deadline";
import type { AgentClient } from "../agent-client";
import { carriedBundle, copyBundle, type Bundle } from "./bundle";
import { localClient } from "./client";
import { agentEnvironment } from "./environment";
import { newestInstalled } from "./installed";
import { isServing } from "./serving";
import { hasAgent, makeStateDirectory, removeStateDirectory, unusable } from "./state-directory";
import { toldApart } from "../told-apart";
import { isNewer } from "./version";

const QUICK_SECONDS = 3;
const POLL_SECONDS = 0.1;
const LOG_TAIL_CHARACTERS = 400;

export interface LocalAgent {
  readonly host: string;
  readonly stateDir: string;
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** Installs and starts the agent, or finds it again, and brings it up to this provider's version. */
export async function installAgent(agent: LocalAgent): Promise<AgentClient> {
  await makeStateDirectory(agent.host, agent.stateDir);
  const isInstalled = await hasAgent(agent.stateDir);
  const bundle = await carriedBundle();
  const copy = await copyOf(agent, bundle);
  const facts = await factsOf(agent);
  if (facts === null) {
    // One whose directory was removed goes on, and has the ports.
    if (!isInstalled) await runAgent(agent, copy, "stop");
    const { file, sha256 } = await newestFor(agent, { ...bundle, file: copy });
    return startAgent(agent, file, sha256);
  }
  const isNewerOne = isNewer(facts.agentVersion, bundle.version);
  if (facts.supervised === false && (isNewerOne || facts.bundleSha256 === bundle.sha256)) {
    const { file } = await newestFor(agent, { ...bundle, file: copy });
    return startAgent(agent, file, null);
  }
  if (facts.bundleSha256 === bundle.sha256) return localClient(agent.host, agent.stateDir);
  if (isNewerOne) {
    keepNewer(agent, facts.agentVersion, bundle.version);
    return localClient(agent.host, agent.stateDir);
  }
  const [from, to] = toldApart(facts, bundle);
  agent.log.info(`host ${agent.host}: bringing the agent from ${from} to ${to}`);
  await runAgent(agent, copy, "stop", "--keep-data-plane");
  return startAgent(agent, copy, bundle.sha256);
}

/** The agent that is installed, started again if it or its supervisor died. null: there has never been one. */
export async function reviveAgent(agent: LocalAgent): Promise<AgentClient | null> {
  if (!(await hasAgent(agent.stateDir))) return null;
  const facts = await factsOf(agent);
  if (facts !== null && facts.supervised !== false) return localClient(agent.host, agent.stateDir);
  const bundle = await carriedBundle();
  const { file } = await newestFor(agent, { ...bundle, file: await copyOf(agent, bundle) });
  return startAgent(agent, file, null);
}

/** The agent that is installed, dead or alive. null: there has never been one. */
export async function lookForAgent({ host, stateDir }: LocalAgent): Promise<AgentClient | null> {
  return (await hasAgent(stateDir)) ? localClient(host, stateDir) : null;
}

/** An agent that died comes back as the newest that this host ever had: an older provider downgrades nobody. */
async function newestFor(agent: LocalAgent, carried: Bundle): Promise<Bundle> {
  const newest = await newestInstalled(agent.stateDir);
  if (newest === undefined || !isNewer(newest.version, carried.version)) return carried;
  keepNewer(agent, newest.version, carried.version);
  return newest;
}

function keepNewer({ host, log }: LocalAgent, version: string, own: string): void {
  log.warning(messageOf("AGENT_NEWER", `host ${host}`, { version, own }));
}

/** Ends all of the agent's processes and removes its files. Nothing there is fine. */
export async function removeAgent(agent: LocalAgent): Promise<void> {
  const isInstalled = await hasAgent(agent.stateDir);
  const bundle = await carriedBundle();
  await runAgent(agent, bundle.file, "stop");
  if (isInstalled) await removeStateDirectory(agent.stateDir);
}

async function copyOf({ host, stateDir }: LocalAgent, bundle: Bundle): Promise<string> {
  return copyBundle(stateDir, bundle).catch((error: unknown) => {
    throw unusable(host, stateDir, error);
  });
}

async function factsOf({ host, stateDir }: LocalAgent): Promise<FactsAnswer | null> {
  const client = localClient(host, stateDir);
  return client.call("facts", {}, { timeoutSeconds: QUICK_SECONDS }).catch(() => null);
}

/**
 * Detached, and with next to nothing inherited: the agent outlives this process. A second supervisor ends by itself, and one
 * that comes after another adopts what runs.
 */
async function startAgent(agent: LocalAgent, bundle: string, sha256: string | null): Promise<AgentClient> {
  agent.log.progress(`host ${agent.host}: starting the agent`);
  const child = spawn(process.execPath, [bundle, "supervise", "--state-dir", agent.stateDir], {
    cwd: "/",
    env: agentEnvironment(),
    detached: true,
    stdio: "ignore",
  });
  child.once("error", () => undefined);
  child.unref();
  const client = localClient(agent.host, agent.stateDir);
  const started = await poll(
    async () => {
      const facts = await factsOf(agent);
      if (facts === null || facts.supervised === false) return undefined;
      if (sha256 !== null && facts.bundleSha256 !== sha256) return undefined;
      return (await isServing(client).catch(() => false)) ? true : undefined;
    },
    { seconds: LIMITS.agentStartSeconds, everySeconds: POLL_SECONDS, deadline: agent.deadline },
  );
  if (started === true) return client;
  const log = join(agent.stateDir, STATE_FILES.logs);
  throw new OffloadError("AGENT_NOT_STARTED", `host ${agent.host}`, {
    seconds: LIMITS.agentStartSeconds,
    log,
    tail: await logTail(log),
  });
}

async function runAgent(agent: LocalAgent, bundle: string, ...verb: string[]): Promise<void> {
  const child = spawn(process.execPath, [bundle, ...verb, "--state-dir", agent.stateDir], {
    cwd: "/",
    env: agentEnvironment(),
    stdio: ["ignore", "ignore", "pipe"],
    timeout: LIMITS.agentStopSeconds * 1_000,
  });
  let detail = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    detail = (detail + text).slice(-LOG_TAIL_CHARACTERS);
  });
  const [status] = (await once(child, "close")) as [number | null];
  if (status === 0) return;
  throw new OffloadError("AGENT_NOT_STOPPED", `host ${agent.host}`, {
    detail: detail.trim() === "" ? `exit status ${status ?? "none"}` : detail.trim(),
    log: join(agent.stateDir, STATE_FILES.logs),
  });
}

/** The newest lines of all of the agent's logs, so that the reason is in the message. */
async function logTail(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
  const lines = texts.flatMap((text) => text.trim().split("\n").slice(-2)).filter((line) => line !== "");
  return lines.length === 0 ? "nothing" : lines.join(" | ").slice(-LOG_TAIL_CHARACTERS);
}
