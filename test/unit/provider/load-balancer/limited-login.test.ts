import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from "vitest";
import type { ObservedAnswer } from "tls-offload-agent/contract";
import type { Agents } from "../../../../provider/fleet/reach";
import { loadBalancerProvider } from "../../../../provider/load-balancer/provider";
import { mendable, rootOnly } from "../../../../provider/load-balancer/root-only";
import type { HostStatus } from "../../../../provider/load-balancer/status";

const RUNNING = {
  status: "Running",
  agent: "0.0.1",
  bundleSha256: "aa",
  dataPlane: "builtin",
  node: "24.21.0",
  openssl: "3.5.8",
  contractVersions: [1],
  capabilities: { schedulers: [], healthCheckTypes: [], proxyProtocol: false, mutualTls: false },
} as const satisfies HostStatus;
const EDITED: HostStatus = { ...RUNNING, unit: { state: "edited", dropIns: [] } };

describe("a login that may not replace the agent", () => {
  let warned: MockInstance<typeof process.stderr.write>;
  beforeEach(() => {
    warned = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Nothing in the program has changed. Without an engine, warnings go to standard error. */
  async function changes(hostStatus: Record<string, HostStatus>): Promise<boolean | undefined> {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const of = { loadBalancerId: "shop-prod-web", dnsName: "web.lb.internal", dnsPort: null, hosts: {} };
    const target = { ...of, verify: "deployer", timeoutSeconds: 300 };
    const properties = { hostStatus, __offload: { owner: "o", urn: "u", target } };
    return (await loadBalancerProvider.diff?.("shop-prod-web", properties, properties))?.changes;
  }

  it("is told that the agent is older, and nothing is changed for that", async () => {
    expect(await changes({ "edge-a": { ...RUNNING, limitedUser: "pipeline" } })).toBe(false);
    expect(warned.mock.calls.join("")).toMatch(
      /host edge-a: its agent \(version 0\.0\.1\) is not this provider's .* pipeline may not replace it\. .*`pulumi up --refresh` once .*\(AGENT_OLDER\)/,
    );
  });

  it("does not keep others from being upgraded", async () => {
    const limited = { ...RUNNING, limitedUser: "pipeline" };
    expect(await changes({ "edge-a": limited, "edge-b": RUNNING })).toBe(true);
    expect(warned).not.toHaveBeenCalled();
  });
});

describe("what takes root to be mended", () => {
  const agents = new Map([
    ["edge-a", { host: "edge-a", limitedUser: "pipeline" }],
    ["edge-b", { host: "edge-b" }],
  ]) as unknown as Agents;

  const warnings: string[] = [];
  const quiet = (): void => undefined;
  const warning = (text: string): void => void warnings.push(text);
  const log = { info: quiet, progress: quiet, debug: quiet, warning, flush: () => Promise.resolve() };
  beforeEach(() => {
    warnings.length = 0;
  });

  it("is drift for a login that may mend it, and one warning for a login that may not", () => {
    const flaws = rootOnly({ "edge-a": EDITED, "edge-b": EDITED }, {});
    const sentence = "its systemd unit tls-offload.service is edited";
    const seen = { "edge-a": EDITED, "edge-b": EDITED };
    expect(mendable(flaws, { seen, agents, own: "0.0.1" }, log)).toEqual({ "edge-b": sentence });
    expect(warnings).toEqual([
      `host edge-a: ${sentence}; to mend that takes root, and pipeline may not. Run \`pulumi up --refresh\` once with a login that is root or may sudo without a password; until then it stays as it is. (DRIFT_NEEDS_ROOT)`,
    ]);
  });

  it("is one warning, too, where the agent is newer than the one that would be installed, unless a start mends it", () => {
    const seen = { "edge-b": EDITED, "edge-c": { ...RUNNING, status: "Unsupervised" as const } };
    const flaws = rootOnly(seen, {});
    expect(Object.keys(mendable(flaws, { seen, agents, own: "0.0.0" }, log))).toEqual(["edge-c"]);
    expect(warnings).toEqual([
      "host edge-b: its systemd unit tls-offload.service is edited; its agent is version 0.0.1, which this provider, that brings 0.0.0, cannot install again. Run `pulumi up --refresh` from a program whose package pulumi-tls-offload is up to date; until then it stays as it is. (DRIFT_NEEDS_NEWER)",
    ]);
  });

  it("is one warning, too, where a newer agent's supervisor is gone and the unit that would start it", () => {
    const unit = { state: "missing" as const, dropIns: [] };
    const seen = { "edge-b": { ...RUNNING, status: "Unsupervised" as const, unit } };
    expect(mendable(rootOnly(seen, {}), { seen, agents, own: "0.0.0" }, log)).toEqual({});
    expect(warnings).toEqual([
      expect.stringMatching(
        /^host edge-b: its agent's supervisor is gone, and what dies is not started again; its systemd unit tls-offload\.service is missing; .*\(DRIFT_NEEDS_NEWER\)$/,
      ),
    ]);
  });

  it("is how the agent is run: its unit, its supervisor and its program, and nothing of the document", () => {
    const observed = {
      problems: [
        { objectId: "lb", code: "AGENT_EDITED", message: "the program is another one." },
        { objectId: "lb", code: "STATE_EDITED", message: "the document is another one." },
      ],
    } as unknown as ObservedAnswer;
    expect(rootOnly({ a: EDITED, b: RUNNING, c: { ...RUNNING, status: "Unsupervised" } }, {})).toEqual({
      a: "its systemd unit tls-offload.service is edited",
      c: "its agent's supervisor is gone, and what dies is not started again",
    });
    expect(rootOnly({ b: RUNNING }, { b: observed })).toEqual({ b: "the program is another one." });
  });
});
