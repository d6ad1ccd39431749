import { beforeAll, expect, it, vi } from "vitest";
import { resolveThrough } from "../../provider/dns/resolve";
import { visit } from "../../scripts/demo/visit";
import { bindMissing, knotMissing, type DnsPrimary } from "../support/dns";
import { lookUp } from "../support/dns/look-up";
import { nsupdate } from "../support/dns/nsupdate";
import { recordsOf } from "../support/dns/records-of";
import { describeUnless } from "../support/needs";
import { pulumiMissing, type PulumiRun } from "../support/pulumi-cli";
import { mistakes, refusals } from "./zone-refusals";
import { createZoneProject, type ZoneProject, type ZoneSite } from "./zone-site";

const VISITS = 10;
const BOTH = new Set(["ECS01", "ECS02"]);
const missing = pulumiMissing() ?? bindMissing() ?? knotMissing();

describeUnless(missing, "a site with names in zones of BIND and Knot, through the real CLI", () => {
  let on: ZoneProject;
  let zones: readonly DnsPrimary[];
  let before: readonly string[][];
  let secrets: Set<string>;
  beforeAll(async () => {
    // No resolver of this machine may send anybody elsewhere.
    vi.stubEnv("OFFLOAD_DNS_RESOLVERS", "127.0.0.1:1");
    on = await createZoneProject();
    zones = [on.bind, on.knot];
    before = await Promise.all(zones.map(recordsOf));
    secrets = new Set([on.bind.key.secret, on.knot.key.secret, on.site.key.split("\n")[1] ?? ""]);
    return () => vi.unstubAllEnvs();
  });

  it("reads in one preview all that is wrong with how a zone is declared", async () => {
    const { more, messages } = mistakes(on);
    configure(more);
    const { output } = await keepingSecrets(on.project.fail("preview"));
    for (const message of messages) expect(output).toContain(message);
  });

  it("gets both names with one `up`, each as it was declared, in single updates that the key signed", async () => {
    configure();
    const { output } = await keepingSecrets(on.project.up());
    expect(output).toMatch(/\+ 9 created/);
    expect(on.project.stateText()).toMatch(/"keySecret": \{[^}]*"ciphertext"/);
    for (const { zone } of zones) {
      expect(await seen(`www.${zone}`, "CNAME")).toEqual([`www.${zone}. 1 IN CNAME web.lb.example.test.`]);
    }
    expect(updatesOf(on.bind, "www.example.test")).toEqual([
      [
        "deleting rrset at '_offload-owner.www.example.test' TXT",
        expect.stringMatching(
          /^adding an RR at '_offload-owner\.www\.example\.test' TXT "heritage=pulumi-tls-offload,incarnation=[0-9a-f]{24},owner=e2e\/test\/CnameRecord\/bind-www"$/,
        ),
        "adding an RR at 'www.example.test' CNAME web.lb.example.test.",
      ],
    ]);
    expect(on.knot.log().match(/DDNS, processing 1 updates/g)).toHaveLength(2);
  });

  it("brings visitors of both names to ECS01 and ECS02", async () => {
    for (const { zone } of zones) expect(await visitsOf(`www.${zone}`)).toEqual(BOTH);
  });

  it("is not changed by another `up` or a refresh, though the key's secret is inside an object", async () => {
    await keepingSecrets(on.project.up("--expect-no-changes"));
    await keepingSecrets(on.project.run("refresh", "--yes", "--skip-preview", "--expect-no-changes"));
  });

  it("changes its records in place, and is not lost", async () => {
    configure({ record: { value: "also.example.test", ttl: 2 } });
    const { output } = await keepingSecrets(on.project.up("--diff"));
    expect(output).toMatch(/~ ttl +: 1 => 2\n +~ value +: "web\.lb\.example\.test" => "also\.example\.test"/);
    expect(output).toMatch(/~ 2 updated\n +7 unchanged/);
    for (const { zone } of zones) {
      expect(await seen(`www.${zone}`, "CNAME")).toEqual([`www.${zone}. 2 IN CNAME also.example.test.`]);
      expect(await visitsOf(`www.${zone}`)).toEqual(BOTH);
    }
  });

  it("that somebody led elsewhere by hand is shown by `preview --refresh`, and mended by `up --refresh`", async () => {
    for (const primary of zones) await leadAway(primary);
    const { output } = await keepingSecrets(on.project.preview("--refresh"));
    for (const { zone } of zones) {
      expect(output).toContain(`zone ${zone}: www.${zone} was changed behind Pulumi's back`);
    }
    expect(output).toMatch(/~ value +: "by-hand\.example\.net" => "also\.example\.test"/);
    await keepingSecrets(on.project.up("--refresh"));
    for (const { zone } of zones) {
      expect(await seen(`www.${zone}`, "CNAME")).toEqual([`www.${zone}. 2 IN CNAME also.example.test.`]);
    }
    await keepingSecrets(on.project.preview("--refresh", "--expect-no-changes"));
  });

  it("is refused by name what the servers do not allow and what is somebody else's, and the rest is done", async () => {
    const others = await Promise.all(zones.map(recordsOf));
    const { more, messages } = await refusals(on);
    configure(more);
    const { output } = await keepingSecrets(
      on.project.fail("up", "--yes", "--skip-preview", "--continue-on-error"),
    );
    for (const message of messages) expect(output).toContain(message);
    const led = (line: string): string => line.replace("2 IN CNAME also.", "1 IN CNAME web.lb.");
    expect(await Promise.all(zones.map(recordsOf))).toEqual(others.map((lines) => lines.map(led)));
  });

  it("tells with the preview of its end how long each name will be remembered", async () => {
    const { output } = await keepingSecrets(on.project.run("destroy", "--preview-only", "--diff"));
    expect(output).toMatch(
      /- pulumi-nodejs:dynamic\/offload:CnameRecord: \(delete\)\n +\[id=e2e-test\/record\/www\.example\.test\](\n.*){8}\n +ttl +: 1\n +value +: "web\.lb\.example\.test"/,
    );
  });

  it("serves on while a name of it cannot be deleted, and is told the ways out", async () => {
    await on.knot.stop();
    const { output } = await keepingSecrets(on.project.fail("destroy", "--yes", "--skip-preview"));
    expect(output).toMatch(
      /e2e-test\/record\/www\.shop\.test could not be deleted from zone shop\.test: no connection to the DNS server .* set OFFLOAD_RELEASE_ZONES=shop\.test in the environment: its records are then left where they are\. \(ZONE_DELETE_FAILED\)/,
    );
    expect(output).not.toContain("offload:TcpSslListener");
    await on.knot.restart();
    expect(await visitsOf("www.shop.test")).toEqual(BOTH);
  });

  it("goes name first, and leaves both zones as they were", async () => {
    const { output } = await keepingSecrets(on.project.destroy());
    const [named, serving] = ["CnameRecord knot-www deleted", "TcpSslListener https deleting"].map((what) =>
      output.indexOf(what),
    );
    expect(named).toBeGreaterThan(0);
    expect(serving).toBeGreaterThan(named ?? 0);
    expect(output).toContain("waiting 1 s until resolvers have forgotten www.shop.test");
    expect(await Promise.all(zones.map(recordsOf))).toEqual(before);
  });

  function configure(changes: Partial<ZoneSite> = {}): void {
    on.configure(changes);
    for (const { dns } of Object.values(changes.domains ?? {})) {
      const secret = dns.rfc2136?.keySecret;
      if (typeof secret === "string") secrets.add(secret);
    }
  }

  /** No secret that was ever declared is printed, nor stands in the state in clear. */
  async function keepingSecrets(running: Promise<PulumiRun>): Promise<PulumiRun> {
    const run = await running;
    const texts = [run.output, on.project.stateText()];
    const forms = [...secrets].flatMap((secret) => [secret, Buffer.from(secret, "base64").toString("hex")]);
    expect(forms.filter((form) => texts.some((text) => text.includes(form)))).toEqual([]);
    return run;
  }

  async function seen(name: string, type: string): Promise<string[]> {
    const primary = zones.find(({ zone }) => name.endsWith(`.${zone}`));
    return primary === undefined ? [] : lookUp(primary, name, type);
  }

  async function visitsOf(name: string): Promise<Set<string>> {
    const servers = zones.map(({ address, port }) => ({ address, port }));
    const { addresses } = await resolveThrough({ servers, name });
    const served = new Set<string>();
    for (let visits = 0; visits < VISITS; visits += 1) {
      const [address = ""] = addresses;
      served.add((await visit(name, address, on.site.listenerPort, on.authority.certPem)).servedBy);
    }
    return served;
  }
});

async function leadAway(primary: DnsPrimary): Promise<void> {
  const name = `www.${primary.zone}.`;
  await nsupdate(primary, `update delete ${name} CNAME`, `update add ${name} 60 CNAME by-hand.example.net.`);
}

/** What BIND was sent about a name and made of it, by the connection on which it came. */
function updatesOf(bind: DnsPrimary, name: string): string[][] {
  const updates = new Map<string, string[]>();
  for (const line of bind.log().split("\n")) {
    const [, client = "", change = ""] = /(\S+)\/key offload-test: updating zone \S+ (.*)$/.exec(line) ?? [];
    if (change.includes(`${name}'`)) updates.set(client, [...(updates.get(client) ?? []), change]);
  }
  return [...updates.values()];
}
