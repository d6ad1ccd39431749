import { beforeAll, expect, it } from "vitest";
import { connects } from "../support/connects";
import { freePort } from "../support/free-port";
import { streamHandshakes, type HandshakeStream } from "../support/handshakes";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { createSite, SITE_NAME, type SiteProject } from "./site";

const KINDS = {
  web: "LoadBalancer",
  group: "ServerGroup",
  certificate: "Certificate",
  listener: "TcpSslListener",
  domain: "Domain",
  www: "CnameRecord",
} as const;
const NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[];

describeUnless(pulumiMissing(), "replacement through the real CLI", () => {
  let on: SiteProject;
  beforeAll(async () => {
    on = await createSite();
    await on.project.up();
  });

  const stream = (port: number): HandshakeStream =>
    streamHandshakes({ host: "127.0.0.1", port, servername: SITE_NAME, ca: on.authority.certPem });

  it.each(NAMES)("`up --replace` of %s costs no handshake and leaves it standing", async (name) => {
    const handshakes = stream(on.site.listenerPort);
    const urn = `urn:pulumi:test::e2e::pulumi-nodejs:dynamic/offload:${KINDS[name]}::${name}`;
    const { output } = await on.project.up("--replace", urn);
    const { failures, count } = await handshakes.stop();
    expect(output).toMatch(/\+-1 replaced/);
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(50);
    await on.project.preview("--refresh", "--expect-no-changes");
  });

  it.each(NAMES.filter((name) => name !== "web"))(
    "another name for %s, without an alias, costs no handshake and leaves it standing",
    async (name) => {
      const handshakes = stream(on.site.listenerPort);
      on.configure({ logicalNames: { [name]: `${name}-renamed` } });
      await on.project.up();
      on.configure();
      await on.project.up();
      const { failures } = await handshakes.stop();
      expect(failures).toEqual([]);
      await on.project.preview("--refresh", "--expect-no-changes");
    },
  );

  it("another port serves before the old one goes", async () => {
    const [oldPort, newPort] = [on.site.listenerPort, await freePort()];
    const handshakes = stream(oldPort);
    on.configure({ listenerPort: newPort });
    const running = on.project.start("up", "--yes", "--skip-preview");
    await running.saw(/TcpSslListener listener (created replacement|deleting original)/);
    expect(await connects(newPort)).toBe(true);
    const untilThen = await handshakes.stop();
    expect(untilThen.failures).toEqual([]);
    expect(await running.done).toMatchObject({ code: 0 });
    expect(await connects(oldPort)).toBe(false);
    const after = stream(newPort);
    expect((await after.stop()).failures).toEqual([]);
  });
});
