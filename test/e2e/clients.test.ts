import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { chromiumMissing, startBrowser } from "../support/chromium";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { createSite, SITE_NAME, type SiteProject } from "./site";

const run = promisify(execFile);
const DNS_ADDRESS = "127.0.0.153";
const REFRESHES = 30;
const noBrowser = chromiumMissing();

describeUnless(pulumiMissing(), "clients that know nothing of us", () => {
  let on: SiteProject;
  let ca: string;
  beforeAll(async () => {
    on = await createSite();
    ca = join(on.project.directory, "ca.pem");
    writeFileSync(ca, on.authority.certPem);
    if (noBrowser === null) on.configure({ dnsAddress: DNS_ADDRESS, dnsPort: 53 });
    await on.project.up();
  });

  const openssl = async (...version: string[]): Promise<string> => {
    const where = ["-connect", `127.0.0.1:${on.site.listenerPort}`, "-servername", SITE_NAME];
    const checks = ["-CAfile", ca, "-verify_hostname", SITE_NAME, "-verify_return_error"];
    const done = run("openssl", ["s_client", ...where, ...checks, ...version]);
    done.child.stdin?.end();
    return done.then(
      ({ stdout }) => stdout,
      (error: unknown) => (error as { stdout: string }).stdout,
    );
  };

  it("dig, curl and openssl agree on name, certificate and servers", async () => {
    const [address, port] = noBrowser === null ? [DNS_ADDRESS, 53] : ["127.0.0.1", on.site.dnsPort];
    const dig = await run("dig", [`@${address}`, "-p", String(port), "+short", SITE_NAME]);
    expect(dig.stdout.trim().split("\n")).toEqual(["web.lb.example.test.", "127.0.0.1"]);
    const { listenerPort } = on.site;
    const curl = async (): Promise<string> => {
      const resolve = `${SITE_NAME}:${listenerPort}:127.0.0.1`;
      const url = `https://${SITE_NAME}:${listenerPort}/`;
      return (await run("curl", ["-sS", "--noproxy", "*", "--cacert", ca, "--resolve", resolve, url])).stdout;
    };
    const names = [await curl(), await curl(), await curl(), await curl()];
    expect([...new Set(names)].sort()).toEqual(["ECS01", "ECS02"]);
    expect(await openssl()).toMatch(/Verify return code: 0 \(ok\)/);
  });

  it("TLS 1.2 and 1.3 are spoken, 1.1 is refused, under the strict policy", async () => {
    expect(await openssl("-tls1_3")).toMatch(/TLSv1\.3, Cipher is TLS_/);
    expect(await openssl("-tls1_2")).toMatch(/TLSv1\.2, Cipher is ECDHE-/);
    expect(await openssl("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")).toMatch(/Cipher is \(NONE\)/);
  });

  it("a browser opens the site by its name, and refreshing shows both servers", async (context) => {
    if (noBrowser !== null) context.skip(noBrowser);
    const browser = await startBrowser(DNS_ADDRESS, on.authority.certPem);
    const seen = new Set([await browser.open(`https://${SITE_NAME}:${on.site.listenerPort}/`)]);
    // A browser opens connections that it then does not use: what a page gets is no strict alternation.
    for (let times = 0; times < REFRESHES && seen.size < 2; times += 1) seen.add(await browser.refresh());
    expect([...seen].sort()).toEqual(["ECS01", "ECS02"]);
  });
});
