import { isNewer, OffloadError, type FactsAnswer } from "tls-offload-agent/contract";
import type { Bundle } from "../../local/bundle";
import { checkClaim } from "../../claim";
import { mayBeRoot, requireUse } from "../root";
import type { Survey } from "../survey";

export interface Found {
  readonly host: string;
  readonly loadBalancerId: string;
  /** The login's name. */
  readonly user: string;
  /** null: the login runs nothing but the agent's own command. */
  readonly survey: Survey | null;
  /** What the agent that runs there says of itself; null: none answers. */
  readonly facts: FactsAnswer | null;
  /** Why none answers. */
  readonly silence: string;
  readonly bundle: Bundle;
}

/**
 * keep: it is the one, or newer, or this login may not replace it. start: it is newer, and of its supervisor only the
 * unit is there. Throws when it can neither be kept nor replaced: HOST_CLAIMED, LOGIN_RESTRICTED, LOGIN_NOT_IN_GROUP,
 * INSTALL_NEEDS_ROOT, HOST_WITHOUT_SYSTEMD.
 */
export type InstallPlan =
  | { readonly kind: "keep"; readonly because: Kept }
  | { readonly kind: "start"; readonly survey: Survey }
  | { readonly kind: "install"; readonly survey: Survey };

export type Kept = "current" | "newer" | "no root";

export function planInstall(found: Found): InstallPlan {
  const { host, loadBalancerId, user, survey, facts, silence, bundle } = found;
  checkClaim(host, loadBalancerId, facts?.loadBalancerId ?? null);
  if (facts !== null && isNewer(facts.agentVersion, bundle.version)) {
    const isToStart = survey !== null && mayBeRoot(survey) && isStartable(facts);
    return isToStart ? { kind: "start", survey } : { kind: "keep", because: "newer" };
  }
  const isSame = facts?.bundleSha256 === bundle.sha256;
  const isOnDisk = survey === null || survey.bundleSha256 === bundle.sha256;
  if (isSame && isOnDisk && isAsInstalled(facts)) return { kind: "keep", because: "current" };
  if (survey === null || !mayBeRoot(survey)) {
    if (isSame) return { kind: "keep", because: "current" };
    if (facts !== null) return { kind: "keep", because: "no root" };
    if (survey === null)
      throw new OffloadError("LOGIN_RESTRICTED", `host ${host}`, { user, detail: silence });
    const isInstalled = survey.bundleSha256 !== null;
    if (isInstalled) requireUse(host, survey);
    const doing = isInstalled ? "starting the agent" : "installing the agent";
    throw new OffloadError("INSTALL_NEEDS_ROOT", `host ${host}`, { doing, user });
  }
  if (!survey.hasSystemd) throw new OffloadError("HOST_WITHOUT_SYSTEMD", `host ${host}`, {});
  return { kind: "install", survey };
}

function isStartable({ supervised, unit }: FactsAnswer): boolean {
  return supervised === false && unit?.state !== "missing";
}

/** An agent that cannot tell of its unit is taken at its word. */
function isAsInstalled({ supervised, unit }: FactsAnswer): boolean {
  return supervised !== false && (unit === undefined || unit.state === "as installed");
}
