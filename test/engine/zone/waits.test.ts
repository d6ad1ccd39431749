import { afterAll, beforeAll, expect, it } from "vitest";
import { bindMissing, startBind, type DnsPrimary } from "../../support/dns";
import type { Deployed } from "../../support/engine";
import { describeUnless } from "../../support/needs";
import { Site } from "../site";
import { ZoneSite } from "./zone-site";

const WAITING = { OFFLOAD_SKIP_WAITS: "" };

describeUnless(bindMissing(), "what a name led to", () => {
  let primary: DnsPrimary;
  beforeAll(async () => {
    primary = await startBind();
  });
  afterAll(() => primary.stop());

  it("stays until the name's old TTL is over: a record's own deletion waits for it", async () => {
    const site = new ZoneSite(primary, { env: WAITING });
    await site.engine.up(site.program({ ttl: 2 }));
    const deployed = await site.engine.up(site.program({ withRecord: false }));
    expect(messagesOf(deployed)).toContain(
      "waiting 2 s until resolvers have forgotten www.example.test (OFFLOAD_SKIP_WAITS=1 does not wait)",
    );
    expect(messagesOf(await site.engine.destroy()).join("\n")).not.toContain("waiting");
  });

  it("stays until the longer TTL is over that the name had until an `up` before, through a refresh too", async () => {
    const site = new ZoneSite(primary, { env: WAITING });
    await site.engine.up(site.program({ rr: "lowered", ttl: 86_400 }));
    await site.engine.up(site.program({ rr: "lowered", ttl: 1 }));
    await site.engine.refresh();
    expect(messagesOf(await site.engine.preview(site.program({ rr: "other" }))).join("\n")).toContain(
      "taking lowered.example.test away will wait 3600 s, until resolvers have forgotten it",
    );
  });

  it("is told of by a preview in which another name takes the record's place", async () => {
    const site = new ZoneSite(primary, { env: WAITING });
    await site.engine.up(site.program({ ttl: 1 }));
    expect(messagesOf(await site.engine.preview(site.program({ rr: "other" })))).toContain(
      "taking www.example.test away will wait 1 s, until resolvers have forgotten it (OFFLOAD_SKIP_WAITS=1 does not wait)",
    );
    await site.engine.destroy();
  });

  it("is not waited for when the record was served by nobody, or another one has its name by now", async () => {
    const site = new ZoneSite(primary, { env: WAITING });
    await site.engine.up(site.program({ status: "DISABLE" }));
    expect(messagesOf(await site.engine.up(site.program({ withRecord: false }))).join("\n")).not.toContain(
      "waiting",
    );
    await site.engine.up(site.program({ ttl: 2 }));
    const replaced = await site.engine.up(site.program({ ttl: 2 }), { replace: ["www"] });
    expect(replaced.changes.map(({ operation }) => operation)).toContain("create-replacement");
    expect(messagesOf(replaced).join("\n")).not.toContain("waiting");
    await site.engine.destroy();
  });
});

it("a listener to which a record led until this very `up` serves until resolvers know where it leads now", async () => {
  const site = await Site.start({ env: WAITING });
  await site.engine.up(site.program({ ttl: 2 }));
  const deployed = await site.engine.up(
    site.program({ ttl: 2, withListener: false, leadsTo: "elsewhere.example.net" }),
  );
  expect(messagesOf(deployed).join("\n")).toMatch(
    /waiting [12] s until resolvers have forgotten www\.example\.test/,
  );
  const operations = deployed.changes.map(({ name, operation }) => `${operation} ${name}`);
  expect(operations.indexOf("update www")).toBeLessThan(operations.indexOf("delete listener"));
  await site.engine.destroy();
});

function messagesOf({ logs }: Deployed): string[] {
  return logs.filter(({ severity }) => severity !== "debug").map(({ message }) => message);
}
