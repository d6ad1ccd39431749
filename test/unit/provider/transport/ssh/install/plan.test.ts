import { describe, expect, it } from "vitest";
import type { FactsAnswer } from "tls-offload-agent/contract";
import {
  planInstall,
  type Found,
  type InstallPlan,
} from "../../../../../../provider/transport/ssh/install/plan";
import { SURVEY } from "./survey";

const OURS = { file: "agent.cjs", sha256: "aa", version: "1.2.0" };
const PLAIN = { ...SURVEY, user: "plain", isRoot: false };
const FACTS: FactsAnswer = {
  agentVersion: OURS.version,
  bundleSha256: OURS.sha256,
  contractVersions: [1],
  loadBalancerId: "shop-prod-web",
  pid: 1,
  supervised: true,
  nodeVersion: "24.21.0",
  opensslVersion: "3.5.8",
  dataPlane: "builtin",
  capabilities: { schedulers: ["Wrr"], healthCheckTypes: ["TCP"], proxyProtocol: false, mutualTls: false },
};

function plan(found: Partial<Found>): InstallPlan {
  const host = { host: "edge-a", loadBalancerId: "shop-prod-web", user: "plain" };
  return planInstall({
    ...host,
    survey: SURVEY,
    facts: null,
    silence: "connect EACCES",
    bundle: OURS,
    ...found,
  });
}

describe("what is to be done on a host", () => {
  it("is nothing when its agent is this provider's, whatever the login may do", () => {
    for (const login of [SURVEY, PLAIN, null]) {
      const survey = login === null ? null : { ...login, bundleSha256: OURS.sha256 };
      expect(plan({ survey, facts: FACTS })).toEqual({ kind: "keep", because: "current" });
    }
  });

  it("is to install where there is none, one of another version, or one that nobody supervises", () => {
    const survey = { ...SURVEY, bundleSha256: OURS.sha256 };
    const others = [null, { ...FACTS, bundleSha256: "bb" }, { ...FACTS, supervised: false }];
    for (const facts of others) expect(plan({ survey, facts })).toMatchObject({ kind: "install" });
  });

  it("is to start a newer one that nobody supervises, which it cannot install, where the login may", () => {
    const facts = { ...FACTS, agentVersion: "1.3.0", bundleSha256: "bb" };
    const alone = { ...facts, supervised: false };
    expect(plan({ survey: SURVEY, facts: alone })).toEqual({ kind: "start", survey: SURVEY });
    for (const survey of [PLAIN, null])
      expect(plan({ survey, facts: alone })).toEqual({ kind: "keep", because: "newer" });
    expect(plan({ survey: SURVEY, facts })).toEqual({ kind: "keep", because: "newer" });
  });

  it("is not to start a newer one whose unit was removed or masked: there is nothing to start", () => {
    const newer = { ...FACTS, agentVersion: "1.3.0", bundleSha256: "bb", supervised: false };
    const unit = { state: "missing" as const, dropIns: [] };
    expect(plan({ survey: SURVEY, facts: { ...newer, unit } })).toEqual({ kind: "keep", because: "newer" });
  });

  it("is to install where somebody changed its program or its unit, but not for settings of one's own", () => {
    const survey = { ...SURVEY, bundleSha256: OURS.sha256 };
    for (const bundleSha256 of ["bb", null]) {
      expect(plan({ survey: { ...SURVEY, bundleSha256 }, facts: FACTS })).toMatchObject({ kind: "install" });
    }
    for (const state of ["edited", "missing", "not enabled", "none"] as const) {
      const facts = { ...FACTS, unit: { state, dropIns: [] } };
      expect(plan({ survey, facts })).toMatchObject({ kind: "install" });
    }
    const facts = { ...FACTS, unit: { state: "as installed" as const, dropIns: ["own.conf"] } };
    expect(plan({ survey, facts })).toEqual({ kind: "keep", because: "current" });
  });

  it("is nothing when its agent is newer: an older provider downgrades nobody", () => {
    const facts = { ...FACTS, agentVersion: "1.3.0", bundleSha256: "bb" };
    expect(plan({ facts })).toEqual({ kind: "keep", because: "newer" });
  });

  it("can be nothing with a login that may not upgrade, as long as an agent answers", () => {
    const facts = { ...FACTS, agentVersion: "1.1.0", bundleSha256: "bb" };
    for (const survey of [PLAIN, null]) {
      expect(plan({ survey, facts })).toEqual({ kind: "keep", because: "no root" });
    }
  });

  it("cannot be done with a login that may not, where no agent answers: then it is said what to do", () => {
    expect(() => plan({ survey: PLAIN })).toThrow(
      "host edge-a: installing the agent takes root there, and plain is not root and may not sudo without a password. Log in as root, or as a user with `NOPASSWD: ALL` in sudoers, and run `pulumi up` again. (INSTALL_NEEDS_ROOT)",
    );
    expect(() => plan({ survey: null })).toThrow(
      "host edge-a: plain may run nothing there but the agent's own command, and no agent answers it: connect EACCES. Run `pulumi up` once with a login that is root or may sudo without a password, then make plain a member of the group tls-offload (docs/operating.md, Logins). (LOGIN_RESTRICTED)",
    );
  });

  it("takes a group and not root where an agent is installed that the login may not use", () => {
    const survey = { ...PLAIN, bundleSha256: OURS.sha256 };
    expect(() => plan({ survey })).toThrow(
      "host edge-a: an agent is installed there, and plain may not use it: not root, no sudo without a password, and not in the group tls-offload. As root there, make plain a member: `usermod --append --groups tls-offload plain` (docs/operating.md, Logins). Or log in as root, or",
    );
    expect(() => plan({ survey: { ...survey, isMember: true } })).toThrow(
      "host edge-a: starting the agent takes root there, and plain is not root",
    );
  });

  it("is refused by name on a host of another load balancer, before anything else", () => {
    const facts = { ...FACTS, loadBalancerId: "other-prod-web", agentVersion: "9.0.0" };
    for (const survey of [SURVEY, PLAIN, null]) {
      expect(() => plan({ survey, facts })).toThrow(
        "host edge-a: this host belongs to load balancer other-prod-web, not to shop-prod-web.",
      );
    }
  });

  it("is refused where systemd does not run the machine", () => {
    expect(() => plan({ survey: { ...SURVEY, hasSystemd: false } })).toThrow("(HOST_WITHOUT_SYSTEMD)");
  });
});
