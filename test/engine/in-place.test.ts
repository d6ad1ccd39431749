import { beforeAll, describe, expect, it } from "vitest";
import { openEcho } from "../support/echo-connection";
import { startBackend } from "../support/backend";
import { Site, SITE_NAME } from "./site";

describe("a change in place", () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start();
    await site.engine.up(site.program());
  });

  it("of the certificate costs no handshake, no byte of an older connection and no other resource", async () => {
    const handshakes = site.handshakes();
    const older = await openEcho(site.clientOptions());
    const renewed = await site.authority.issue({ names: [SITE_NAME] });
    const { changes, stackOutputs } = await site.engine.up(
      site.program({ cert: renewed.chainPem, key: renewed.keyPem }),
    );
    expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual(["update certificate"]);
    expect((await handshakes.stop()).failures).toEqual([]);
    expect((await older.finish()).bytes).toBeGreaterThan(0);
    const served = (await site.servedCertificate()).fingerprint256.replaceAll(":", "").toLowerCase();
    expect(stackOutputs["fingerprint"]).toBe(served);
  });

  it("of the servers moves new connections and leaves the others alone", async () => {
    const renewed = await site.authority.issue({ names: [SITE_NAME] });
    const program = { cert: renewed.chainPem, key: renewed.keyPem };
    await site.engine.up(site.program(program));
    const older = await openEcho(site.clientOptions());
    const third = await startBackend("ECS03");
    const servers = [{ serverId: third.name, serverIp: "127.0.0.1", port: third.port }];
    const { changes } = await site.engine.up(site.program({ ...program, servers }));
    expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual(["update group"]);
    expect(new Set(await site.visit(4))).toEqual(new Set(["ECS03"]));
    expect((await older.finish()).bytes).toBeGreaterThan(0);
  });
});
