import { beforeAll, expect, it } from "vitest";
import { SITE_NAME } from "../e2e/site";
import { streamHandshakes, type HandshakeStream } from "../support/handshakes";
import { hostsMissing, type TestHost } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { connectTls, readBytes } from "../support/tls-client";
import { callAgent } from "./agent";
import { installAgentPackage } from "./own-packages";
import { createHostsSite, type HostsSite } from "./site";

/** A supervisor that ends at once, as one would that a host's kernel or libraries do not suit. */
const broken = (program: string): string =>
  `if (process.argv[2] === "supervise") { console.error("cannot start here"); process.exit(1); }\n${program}`;
const other = (program: string): string => `// another version\n${program}`;

describeUnless(hostsMissing() ?? pulumiMissing(), "another version of the agent", () => {
  let on: HostsSite;
  let a: TestHost;
  beforeAll(async () => {
    on = await createHostsSite(["edge-a", "edge-b"], { node: true });
    a = on.hosts.host("edge-a");
    await on.project.up();
  });

  const load = (): HandshakeStream[] =>
    on.hosts.all.map(({ address }) =>
      streamHandshakes({ host: address, port: 443, servername: SITE_NAME, ca: on.authority.certPem }),
    );
  const bundleAt = async (host: TestHost): Promise<string> =>
    (await callAgent(host, "facts", {})).bundleSha256;

  it("that does not come up gives way to the one before, which serves on and takes the change", async () => {
    const before = await bundleAt(a);
    const streams = load();
    installAgentPackage(on.project, broken);
    on.configure({ loadBalancerName: "broken" });
    const { output } = await on.project.up();
    for (const { name } of on.hosts.all) {
      expect(output).toMatch(new RegExp(`host ${name}: .*cannot start here.*\\(AGENT_UPGRADE_UNDONE\\)`));
    }
    expect(await failuresOf(streams)).toEqual([]);
    expect(await bundleAt(a)).toBe(before);
    const { objects } = (await callAgent(a, "document", {})).confirmed;
    const [part] = Object.values(objects).filter(({ kind }) => kind === "loadBalancer");
    expect(part?.spec).toMatchObject({ loadBalancerName: "broken" });
  });

  it("takes over without a failed or cut connection", async () => {
    const before = await bundleAt(a);
    const streams = load();
    const long = await connectTls(443, { host: a.address });
    long.write("still here");
    await readBytes(long, 10);
    installAgentPackage(on.project, other);
    on.configure({ loadBalancerName: "other" });
    const { output } = await on.project.up();
    for (const { name } of on.hosts.all) {
      expect(output).toMatch(new RegExp(`host ${name}: agent \\S+ is upgraded`));
    }
    expect(await failuresOf(streams)).toEqual([]);
    long.write("still here");
    expect(String(await readBytes(long, 10))).toBe("still here");
    expect(await bundleAt(a)).not.toBe(before);
    await on.project.preview("--refresh", "--expect-no-changes");
  });

  async function failuresOf(streams: readonly HandshakeStream[]): Promise<readonly string[]> {
    const ended = await Promise.all(streams.map((stream) => stream.stop()));
    for (const { count } of ended) expect(count).toBeGreaterThan(100);
    return ended.flatMap(({ failures }) => failures);
  }
});
