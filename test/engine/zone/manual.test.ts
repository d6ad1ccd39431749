import { afterAll, beforeAll, expect, it } from "vitest";
import { bindMissing, startBind, type DnsPrimary } from "../../support/dns";
import { nsupdate } from "../../support/dns/nsupdate";
import { DeploymentError } from "../../support/engine";
import { describeUnless } from "../../support/needs";
import { until } from "../../support/until";
import { ZoneSite } from "./zone-site";

const CHALLENGE = "_offload-challenge.example.test.";

describeUnless(bindMissing(), "a domain whose proof a person publishes", () => {
  let primary: DnsPrimary;
  beforeAll(async () => {
    primary = await startBind();
  });
  afterAll(() => primary.stop());

  it("waits for exactly the record that it prints, and is verified once that is there", async () => {
    const site = new ZoneSite(primary);
    const lines: string[] = [];
    const hear = (message: string): void => void lines.push(message);
    const up = site.engine.up(site.program({ domain: { verificationMethod: "manual" } }), { hear });
    const record = await until("the record is printed", () =>
      lines
        .map((line) => /waiting for a record that you publish: (.* IN TXT ".*")$/.exec(line)?.[1])
        .find((found) => found !== undefined),
    );
    expect(await recordsOf(primary)).toEqual([]);
    await nsupdate(primary, `update add ${record}`);
    expect((await up).stackOutputs).toMatchObject({ verification: { status: "verified" } });
    expect(lines.some((line) => /^waiting for TXT .*, \d+ s more: no such record$/.test(line))).toBe(true);
    await site.engine.destroy();
    // What a person published, a person takes away.
    expect(await recordsOf(primary)).toEqual([record]);
    await nsupdate(primary, `update delete ${CHALLENGE} TXT`);
  });

  it("that nobody publishes ends in time, and is not proved to the records", async () => {
    const site = new ZoneSite(primary);
    const domain = { verificationMethod: "manual", timeoutSeconds: 5 } as const;
    const error: unknown = await site.engine
      .up(site.program({ domain }))
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(DeploymentError);
    expect((error as DeploymentError).message).toMatch(
      new RegExp(
        `example\\.test is not verified: 127\\.0\\.0\\.1 port ${primary.port} has no TXT record _offload-challenge\\.example\\.test with the value "offload-verification=[0-9a-f]{40}" \\(no such record\\)\\. Publish exactly this record`,
      ),
    );
    expect((await primary.records()).some((line) => line.startsWith("www."))).toBe(false);
    await site.engine.destroy();
  });
});

async function recordsOf(primary: DnsPrimary): Promise<string[]> {
  return (await primary.records()).filter((line) => line.startsWith(CHALLENGE));
}
