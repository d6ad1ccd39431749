import { HOST_LAYOUT, LIMITS, messageOf, OffloadError } from "tls-offload-agent/contract";
import { checkClaim } from "../../claim";
import type { ResourceLog } from "../../../engine-log/resource-log";
import type { Bundle } from "../../local/bundle";
import { asRoot, type RootLogin } from "../root";
import { fetchRuntime } from "./fetch-runtime";
import { chooseNode, type NodeChoice } from "./node";
import { uploadBundle, uploadRuntime } from "./upload";
import { runInstall } from "./verb";

interface Wish {
  readonly login: RootLogin;
  readonly bundle: Bundle;
  readonly log: ResourceLog;
}

/** One that nothing known stands in the way of. */
export interface Installation extends Wish {
  readonly node: NodeChoice;
}

/**
 * Changes nothing on the host. Throws HOST_CLAIMED, NODE_NOT_AVAILABLE, and NODE_NOT_FETCHED for a Node that this
 * machine would have to send.
 */
export async function readyInstallation(wish: Wish & { loadBalancerId: string }): Promise<Installation> {
  const { login, loadBalancerId, bundle, log } = wish;
  const { host } = login.session;
  checkClaim(host, loadBalancerId, await claimOnDisk(login));
  const node = chooseNode(host, login.survey);
  if (node.bring !== null) await fetchRuntime(node.bring, log.progress);
  return { login, bundle, log, node };
}

/**
 * Brings the agent, and Node where the host has none that fits, and has the agent install itself. Every step can be
 * cut off: what is there is either whole or not there, and the next time goes on. false: a newer one is installed.
 */
export async function install({ login, bundle, log, node }: Installation): Promise<boolean> {
  const { host } = login.session;
  const { path, bring } = node;
  if (bring !== null) {
    const content = await fetchRuntime(bring, log.progress);
    log.progress(`host ${host}: bringing Node ${bring.version} (${megabytes(content)} MB)`);
    await uploadRuntime(login, bring, content);
  }
  log.progress(`host ${host}: sending agent ${bundle.version}`);
  const file = await uploadBundle(login, bundle);
  log.progress(`host ${host}: starting agent ${bundle.version}`);
  try {
    const state = await runInstall(login, file, path);
    if (state !== "unchanged") log.info(`host ${host}: agent ${bundle.version} is ${state}`);
    return true;
  } catch (error) {
    if (!(error instanceof OffloadError) || error.code !== "AGENT_NEWER") throw error;
    const version = String((error as OffloadError<"AGENT_NEWER">).parameters.version);
    log.warning(messageOf("AGENT_NEWER", `host ${host}`, { version, own: bundle.version }));
    return false;
  }
}

/**
 * The load balancer of an agent that does not answer, by its document. Root reads it, and the agent's user could put
 * a link to anything in its place: a link claims nothing.
 */
export async function claimOnDisk(login: RootLogin): Promise<string | null> {
  if (!login.survey.hasTraces) return null;
  const document = `${HOST_LAYOUT.stateDir}/document.json`;
  const script = `[ ! -f ${document} ] || [ -L ${document} ] || dd if=${document} iflag=nofollow bs=64k status=none\n`;
  const timeoutSeconds = LIMITS.hostSurveySeconds;
  const text = await asRoot(login, { script, doing: "reading the agent's document", timeoutSeconds });
  return claimIn(text.toString("utf8"));
}

/** One that is damaged claims nothing: the agent itself says what is wrong with it. Exported for its test. */
export function claimIn(text: string): string | null {
  try {
    const { objects } = JSON.parse(text) as { objects: Record<string, { id: string; kind: string }> };
    return Object.values(objects).find(({ kind }) => kind === "loadBalancer")?.id ?? null;
  } catch {
    return null;
  }
}

function megabytes(content: Buffer): number {
  return Math.round(content.length / 1_000_000);
}
