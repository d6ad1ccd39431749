import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { STATE_FILES } from "tls-offload-agent/contract";
import { resolveName, visit } from "../../scripts/demo/visit";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import { SITE_NAME } from "../e2e/site";
import { hostsMissing, type TestHost } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { deleteByHand } from "./agent";
import { until } from "../support/until";
import { createHostsSite, type HostsSite } from "./site";

const { stateDir, unit, unitFile } = HOST_LAYOUT;

describeUnless(hostsMissing() ?? pulumiMissing(), "what somebody does by hand on a host", () => {
  let on: HostsSite;
  let a: TestHost;
  let b: TestHost;
  let c: TestHost;
  beforeAll(async () => {
    on = await createHostsSite(["edge-a", "edge-b", "edge-c"], { node: true });
    [a, b, c] = ["edge-a", "edge-b", "edge-c"].map((name) => on.hosts.host(name)) as [
      TestHost,
      TestHost,
      TestHost,
    ];
    await on.project.up();
  });

  it("to listener, agent and unit is shown by `preview --refresh`, host by host, and mended by `up --refresh`", async () => {
    await deleteByHand(a, "listener");
    await b.sh(`systemctl stop ${unit}`);
    await c.sh(`sed -i 's/^LimitCORE=0/LimitCORE=infinity/' ${unitFile} && systemctl daemon-reload`);
    const { output } = await on.project.preview("--refresh");
    expect(output).toMatch(/host edge-a: \S+\/listener\/443 is not there/);
    expect(output).toMatch(/host edge-b: the agent does not answer/);
    expect(output).toMatch(/host edge-c: its systemd unit tls-offload.service is edited/);
    await on.project.up("--refresh");
    await serveAll();
    expect(await c.sh(`cat ${unitFile}`)).toContain("LimitCORE=0");
    await on.project.preview("--refresh", "--expect-no-changes");
  });

  it("to the files of a certificate, its key's and its chain's, too", async () => {
    const { chainPem } = await on.authority.issue({ names: [SITE_NAME] });
    const documentFile = c.path(`${stateDir}/${STATE_FILES.document}`);
    const document = readFileSync(documentFile, "utf8");
    await a.sh(`cd ${stateDir}/keys && for key in *; do echo damaged >$key; done`);
    await b.sh(`rm ${stateDir}/keys/*`);
    writeFileSync(documentFile, document.replace(jsonText(on.site.cert), jsonText(chainPem)));
    const { output } = await on.project.preview("--refresh");
    expect(output).toMatch(/host edge-a: .*\/certificate\/certificate: .*KEY_EDITED/);
    expect(output).toMatch(/host edge-b: .*\/certificate\/certificate: .*KEY_MISSING/);
    expect(output).toContain(
      `host edge-c: e2e-test-web/certificate/certificate: the document on disk, ${stateDir}/${STATE_FILES.document}, ` +
        "is not what the agent serves: e2e-test-web/certificate/certificate has another spec.chainPem. ",
    );
    await serveAll();
    await on.project.up("--refresh");
    expect(readFileSync(documentFile, "utf8")).toContain(jsonText(on.site.cert));
    await on.project.preview("--refresh", "--expect-no-changes");
    for (const host of [a, b, c]) await host.sh(`systemctl restart ${unit}`);
    await until("all serve from disk again", async () => {
      await serveAll();
      return true;
    });
  });

  it("a drain holds through changes, which lead the name elsewhere, until it is taken back", async () => {
    await c.sh("proxy-agent drain");
    await expect(visit(SITE_NAME, c.address, 443, on.authority.certPem)).rejects.toThrow();
    const { output } = await on.project.preview("--refresh");
    expect(output).toMatch(/host edge-c: drained by hand/);
    // No change has told the others yet, but whoever asks the drained host itself is sent away.
    expect(await addressesAt(c)).toEqual([a.address, b.address]);
    const { chainPem: cert, keyPem: key } = await on.authority.issue({ names: [SITE_NAME] });
    on.configure({ cert, key });
    await on.project.up();
    expect(await addressesAt(a)).toEqual([a.address, b.address]);
    await c.sh("proxy-agent undrain");
    on.configure();
    await on.project.up();
    expect(await addressesAt(a)).toEqual([a.address, b.address, c.address]);
    await serveAll();
  });

  async function addressesAt({ address }: TestHost): Promise<string[]> {
    return [...(await resolveName(`${address}:53`, SITE_NAME)).addresses].sort();
  }

  async function serveAll(): Promise<void> {
    for (const host of on.hosts.all) {
      await visit(SITE_NAME, host.address, 443, on.authority.certPem);
    }
  }
});

/** As it stands in a file of JSON. */
function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
