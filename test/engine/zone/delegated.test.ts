import { afterAll, beforeAll, expect, it } from "vitest";
import { bindMissing, knotMissing, startBind, startKnot, type DnsPrimary } from "../../support/dns";
import { nsupdate } from "../../support/dns/nsupdate";
import type { DeploymentError } from "../../support/engine";
import { describeUnless } from "../../support/needs";
import { ZoneSite } from "./zone-site";

/** Where resolvers send the world for the zone: a server of its own, on the port that delegations lead to. */
const DELEGATED = "127.0.0.53";
const mayBind = process.getuid?.() === 0 ? null : "port 53 takes root";

describeUnless(bindMissing() ?? knotMissing() ?? mayBind, "the proof of a domain", () => {
  let primary: DnsPrimary;
  let secondary: DnsPrimary;
  beforeAll(async () => {
    primary = await startBind();
    // Its zone's NS record leads to itself.
    secondary = await startKnot({ address: DELEGATED, port: 53 });
  });
  afterAll(() => Promise.all([primary.stop(), secondary.stop()]));

  it("is read where the world is sent, not where it was written", async () => {
    const site = new ZoneSite(primary, { env: { OFFLOAD_DNS_RESOLVERS: DELEGATED } });
    const program = site.program({ domain: { timeoutSeconds: 6 }, withRecord: false });
    const error: unknown = await site.engine.up(program).catch((failure: unknown) => failure);
    expect((error as DeploymentError).message).toContain(
      "example.test is not verified: 127.0.0.53 port 53 has no TXT record _offload-challenge.example.test",
    );
    const [record = ""] = (await primary.records()).filter((line) => line.startsWith("_offload-challenge."));
    await nsupdate(secondary, `update add ${record}`);
    expect((await site.engine.up(program)).stackOutputs).toMatchObject({
      verification: { status: "verified" },
    });
    await nsupdate(secondary, "update delete _offload-challenge.example.test. TXT");
    const { logs } = await site.engine.refresh();
    expect(JSON.stringify(site.engine.snapshot)).toContain('"verificationStatus":"not verified"');
    expect(logs.map(({ message }) => message).join("\n")).not.toContain("(");
    await site.engine.destroy();
  });
});
