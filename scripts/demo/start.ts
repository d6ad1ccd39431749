import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureBackends } from "./backends";
import { ensureCertificate } from "./certificate";
import { DemoError } from "./demo-error";
import { explain } from "./explain";
import { DEMO } from "./paths";
import { done, reportTest, say, sayHowToGoOn } from "./report";
import { readSite, writeSettings, SITE_NAME, type Site } from "./settings";
import { clearDeadLock, ensureStack, streamPulumi } from "./stack";
import { resolveName, visit, type Visit } from "./visit";

const VISITS = 20;
/** How long a server that was started just now may take to pass its health checks. */
const READY_SECONDS = 15;

/** From nothing to traffic; or, when all is there already, a look at whether it works. Resolves to the exit code. */
export async function start(): Promise<number> {
  const certificate = await ensureCertificate(SITE_NAME);
  done("Demo CA and certificate", `for ${SITE_NAME}, ${certificate}`);
  const backends = await ensureBackends(DEMO.folder);
  done("Servers", backends.map(({ name, port }) => `${name} on 127.0.0.1:${port}`).join(", "));
  ensureStack();
  writeSettings(backends);
  const site = readSite();
  clearDeadLock();
  say("\n  pulumi up\n");
  // With a refresh, because an agent that died (or whose machine was restarted) is no change in the program.
  const { code, output } = await streamPulumi([
    "up",
    "--refresh",
    "--yes",
    "--skip-preview",
    "--suppress-outputs",
  ]);
  if (code !== 0) throw new DemoError(explain(output, site));
  if (hasNoChange(output)) say("  Nothing to change: all of it was there already.\n");
  await test(site);
  sayHowToGoOn(site);
  return 0;
}

/** What a stranger's client does: find the name, open it, refresh; each time on a new connection. */
async function test(site: Site): Promise<void> {
  const ca = readFileSync(DEMO.authority, "utf8");
  const resolution = await untilItWorks("its name", () =>
    resolveName(`${site.address}:${site.dnsPort}`, SITE_NAME),
  );
  const open = (): Promise<Visit> => visit(SITE_NAME, resolution.addresses[0] ?? "", site.listenerPort, ca);
  await untilItWorks("the site", open);
  const visits: Visit[] = [];
  while (visits.length < VISITS) visits.push(await open());
  say(`  https://${SITE_NAME}:${site.listenerPort}, opened by a client that trusts the demo CA alone\n`);
  reportTest(resolution, visits);
}

async function untilItWorks<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const advice = `The agent's logs are in ${DEMO.agent}/logs; \`npm start\` tries again.`;
      if (Date.now() > deadline) throw new DemoError(`Looking for ${what} failed: ${detail}. ${advice}`);
      await sleep(100);
    }
  }
}

function hasNoChange(output: string): boolean {
  return (
    /^\s*\d+ unchanged$/m.test(output) && !/^\s*\S+ \d+ (created|updated|deleted|replaced)/m.test(output)
  );
}
