import { X509Certificate } from "node:crypto";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localClient } from "../../../provider/transport/local/client";
import { playHost, type ScriptEnd } from "../../support/ssh/played-host";
import { until } from "../../support/until";
import { FleetSite } from "./fleet-site";

const [A, B] = ["127.0.0.215", "127.0.0.216"];
const OLD = "0.0.1";
const UNCHANGED = { ok: true, state: "unchanged" };
const UNDONE = {
  ok: false,
  code: "AGENT_UPGRADE_UNDONE",
  parameters: { version: "0.1.0", seconds: 30, oldVersion: OLD, tail: "cannot start here" },
};

it("a host on which a new agent does not come up holds up no renewal: the one before takes it", async () => {
  const site = await FleetSite.start({ "edge-a": { bind: A } });
  const stateDir = site.stateDir("edge-b");
  await startOldAgent(stateDir);
  let answer: object = UNCHANGED;
  const script = (text: string): ScriptEnd | undefined =>
    text.includes(" install --node ") ? { status: 0, stdout: `${JSON.stringify(answer)}\n` } : undefined;
  const { connection } = await playHost({ stateDir, script });
  const hosts = { ...site.settings.hosts, "edge-b": { bind: B, connection } };
  await site.engine.up(site.program({ hosts }));
  answer = UNDONE;
  const renewed = await site.renewed();
  const { logs } = await site.engine.up(site.program({ hosts, ...renewed }));
  expect(logs.filter(({ severity }) => severity === "warning").map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^host edge-b: agent 0\.1\.0 did not serve .*runs 0\.0\.1 again.*cannot start here.*\(AGENT_UPGRADE_UNDONE\)$/,
    ),
  ]);
  for (const address of [A, B]) expect(await site.fingerprintAt(address)).toBe(fingerprintOf(renewed.cert));
  const { changes } = await site.engine.preview(site.program({ hosts, ...renewed }));
  expect(
    changes.map(({ operation, name }) => `${operation} ${name}`),
    "the next `up` tries again",
  ).toEqual(["update web"]);
  answer = UNCHANGED;
  await site.engine.destroy();
});

/** The agent of today under an older version, as an older provider left it. */
async function startOldAgent(stateDir: string): Promise<void> {
  const program = readFileSync(createRequire(__filename).resolve("tls-offload-agent/bundle"), "utf8");
  const old = program.replace(/(AGENT_VERSION\s*=\s*)"[^"]+"/, `$1"${OLD}"`);
  expect(old).not.toBe(program);
  const file = join(stateDir, "bundles", "old", "agent.cjs");
  mkdirSync(join(stateDir, "bundles", "old"), { recursive: true });
  writeFileSync(file, old);
  const arguments_ = [file, "supervise", "--state-dir", stateDir];
  spawn(process.execPath, arguments_, { cwd: "/", detached: true, stdio: "ignore" }).unref();
  await until("the old agent answers", () => localClient("edge-b", stateDir).call("facts", {}));
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}
