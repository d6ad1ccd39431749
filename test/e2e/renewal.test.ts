import { X509Certificate } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { visit } from "../../scripts/demo/visit";
import { openEcho } from "../support/echo-connection";
import { streamHandshakes } from "../support/handshakes";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { createSite, SITE_NAME, type SiteProject } from "./site";

describeUnless(pulumiMissing(), "a certificate's renewal through the real CLI", () => {
  let on: SiteProject;
  beforeAll(async () => {
    on = await createSite();
    await on.project.up();
  });

  it("serves the new certificate, with every older connection byte-exact and no failed handshake", async () => {
    const client = { port: on.site.listenerPort, servername: SITE_NAME, ca: on.authority.certPem };
    const older = await openEcho({ ...client, host: "127.0.0.1" });
    const handshakes = streamHandshakes({ ...client, host: "127.0.0.1" });
    const renewed = await on.authority.issue({ names: [SITE_NAME] });
    on.configure({ cert: renewed.chainPem, key: renewed.keyPem });
    const { output } = await on.project.up();
    const { failures, count } = await handshakes.stop();
    const { bytes } = await older.finish();
    const seen = await visit(SITE_NAME, "127.0.0.1", on.site.listenerPort, on.authority.certPem);
    expect(output).toMatch(/~ 1 updated/);
    expect(seen.certificate.fingerprint256).toBe(new X509Certificate(renewed.certPem).fingerprint256);
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(50);
    expect(bytes).toBeGreaterThan(100_000);
  });
});
