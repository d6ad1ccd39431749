import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { beforeAll, expect, it } from "vitest";
import { bindMissing, knotMissing, startBind, startKnot, type DnsPrimary } from "../../support/dns";
import { programsMissing } from "../../support/dns/missing";
import { describeUnless } from "../../support/needs";
import { temporaryDirectory } from "../../support/workspace";

const run = promisify(execFile);
const FAKETIME = "/usr/bin/faketime";
const ROOT = join(__dirname, "../../..");

const SERVERS = [
  ["BIND", bindMissing(), startBind],
  ["Knot", knotMissing(), startKnot],
] as const;

for (const [kind, missing, start] of SERVERS) {
  const needed = missing ?? programsMissing({ [FAKETIME]: "faketime" });
  describeUnless(needed, `a deployer's machine with a wrong clock, and a real ${kind}`, () => {
    let server: DnsPrimary;
    let program: string;
    beforeAll(async () => {
      server = await start();
      program = await bundledUpdate(temporaryDirectory("clock"));
    });

    /** What an update says on a machine whose clock is off by so much ("-600s"). */
    const sentAt = async (offset: string): Promise<string> => {
      const { address, port, zone, key } = server;
      const code = `
        const { sendUpdate, deadlineIn } = require(${JSON.stringify(program)});
        const key = ${JSON.stringify(key)};
        const primary = {
          ...${JSON.stringify({ server: address, port, zone, transport: "tcp" })},
          key: { ...key, secret: Buffer.from(key.secret, "base64") },
        };
        const record = { type: "A", name: "www.example.test", ttlSeconds: 60, address: "192.0.2.1" };
        sendUpdate(primary, { prerequisites: [], changes: [{ kind: "add", record }] }, deadlineIn(30)).then(
          ({ kind }) => console.log(kind),
          ({ message }) => console.log(message),
        );`;
      const { stdout } = await run(FAKETIME, ["-f", offset, process.execPath, "-e", code]);
      return stdout.trim();
    };

    it.each(["-600s", "+600s"])("is told by how much, and whose clock is ahead (%s)", async (offset) => {
      const here = "this machine";
      const there = `the DNS server at 127.0.0.1 port ${server.port}`;
      const [ahead, behind] = offset.startsWith("-") ? [there, here] : [here, there];
      const said = await sentAt(offset);
      expect(said.replace(/(599|600|601) s ahead/, "600 s ahead")).toBe(
        `the clock of ${ahead} is 600 s ahead of the clock of ${behind}, and signatures are taken within 300 s ` +
          "(BADTIME). Set the wrong one, and keep both by NTP. (TSIG_CLOCKS_APART)",
      );
      expect((await server.records()).join("\n")).not.toContain("www.example.test.");
    });

    it("is no matter within the fudge", async () => {
      expect(await sentAt("+200s")).toBe("done");
      expect(await sentAt("-200s")).toBe("done");
    });
  });
}

/** The provider's update, of the sources as they are, in one file. */
async function bundledUpdate(directory: string): Promise<string> {
  const outfile = join(directory, "update.cjs");
  await build({
    stdin: {
      contents: `
        export { sendUpdate } from "./provider/dns/rfc2136/update";
        export { deadlineIn } from "./provider/fleet/deadline";`,
      resolveDir: ROOT,
    },
    alias: { "tls-offload-agent/contract": join(ROOT, "proxy-agent/contract/index.ts") },
    ...{ bundle: true, platform: "node", target: "node20", format: "cjs", logLevel: "error", outfile },
  });
  return outfile;
}
