import { accessSync, constants, cpSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { createAuthority } from "../../scripts/demo/certificate-authority";
import { visit } from "../../scripts/demo/visit";
import { hostsMissing, startHosts, type TestHost, type TestHosts } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { createPulumiProject, pulumiMissing, type PulumiProject } from "../support/pulumi-cli";
import { until } from "../support/until";

const EXAMPLE = resolve(__dirname, "../../examples/ssh-hosts");
const SITE_NAME = "www.example.test";
const PLUGIN = "pulumi-resource-command";

function pluginMissing(): string | null {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, PLUGIN));
  return places.some(isProgram) ? null : `no plugin ${PLUGIN} in the PATH`;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

describeUnless(
  hostsMissing() ?? pulumiMissing() ?? pluginMissing(),
  "the example with hosts over SSH, for real",
  () => {
    let project: PulumiProject;
    let hosts: TestHosts;
    let certPem: string;
    beforeAll(async () => {
      hosts = await startHosts(["edge-a", "edge-b"]);
      project = await createPulumiProject("site");
      const filter = (path: string): boolean => !/node_modules|\.json$|\.yaml$/.test(path);
      cpSync(EXAMPLE, project.directory, { recursive: true, filter });
      const authority = await createAuthority();
      certPem = authority.certPem;
      const issued = await authority.issue({ names: [SITE_NAME] });
      const certificateFile = join(project.directory, "www.pem");
      const keyFile = join(project.directory, "www.key");
      writeFileSync(certificateFile, issued.chainPem);
      writeFileSync(keyFile, issued.keyPem);
      const [a, b] = [hosts.host("edge-a"), hosts.host("edge-b")];
      const settings = {
        backends: JSON.stringify({ ECS01: machineOf(a), ECS02: machineOf(b) }),
        edges: JSON.stringify({ "edge-a": machineOf(a), "edge-b": machineOf(b) }),
        privateKey: a.connection().privateKey,
        certificateFile,
        keyFile,
      };
      const words = Object.entries(settings).flatMap(([name, value]) => ["--plaintext", `${name}=${value}`]);
      await project.run("config", "set-all", ...words);
    });

    it("starts both backends, serves them through each host, and leaves nothing", async () => {
      await project.up();
      for (const { address } of hosts.all) {
        const seen = new Set<string>();
        await until(`both backends were seen at ${address}`, async () => {
          seen.add((await visit(SITE_NAME, address, 443, certPem)).servedBy);
          return seen.size === 2;
        });
        expect([...seen].sort()).toEqual(["ECS01", "ECS02"]);
      }
      await project.up("--expect-no-changes");
      await project.destroy();
      for (const host of hosts.all) {
        expect(await host.sh("ls /etc/systemd/system /usr/local/lib")).not.toContain("backend");
      }
    });
  },
);

function machineOf(host: TestHost): object {
  return { address: host.address, hostKey: host.hostKey() };
}
