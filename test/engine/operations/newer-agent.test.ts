import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { installAgent, removeAgent, reviveAgent } from "../../../provider/transport/local/agent";
import { livingPid } from "../../../proxy-agent/process/pid-record";
import { ROLES } from "../../../proxy-agent/process/role-lock";
import { endProcessesNaming, onCleanup, temporaryDirectory } from "../../support/workspace";
import { until } from "../../support/until";

const NEWER = "99.0.0";

/** As a newer provider leaves it on a host: the same agent, but for its version. */
function copyNewer(stateDir: string): void {
  const bundle = readFileSync(createRequire(__filename).resolve("tls-offload-agent/bundle"), "utf8");
  const newer = bundle.replace(/(AGENT_VERSION\s*=\s*)"[^"]+"/, `$1"${NEWER}"`);
  expect(newer).not.toBe(bundle);
  const hash = createHash("sha256").update(newer).digest("hex").slice(0, 16);
  mkdirSync(join(stateDir, "bundles", hash), { recursive: true });
  writeFileSync(join(stateDir, "bundles", hash, "agent.cjs"), newer);
}

it("an older provider leaves a newer agent in place, alive or dead, and says so", async () => {
  const stateDir = join(temporaryDirectory("newer"), "state");
  onCleanup(() => endProcessesNaming(stateDir));
  const warnings: string[] = [];
  const quiet = (): void => undefined;
  const warning = (text: string): void => void warnings.push(text);
  const log = { info: quiet, progress: quiet, debug: quiet, warning, flush: () => Promise.resolve() };
  const around = (): Parameters<typeof installAgent>[0] => ({
    host: "a",
    stateDir,
    log,
    deadline: deadlineIn(60),
  });
  copyNewer(stateDir);
  // The first time nothing runs there, the second time the newer agent does.
  expect(await (await installAgent(around())).call("facts", {})).toMatchObject({ agentVersion: NEWER });
  expect(await (await installAgent(around())).call("facts", {})).toMatchObject({ agentVersion: NEWER });
  for (const role of ROLES) process.kill(livingPid(stateDir, role) ?? 0, "SIGKILL");
  await until("the agent is dead", () => ROLES.every((role) => livingPid(stateDir, role) === undefined));
  expect(await (await reviveAgent(around()))?.call("facts", {})).toMatchObject({ agentVersion: NEWER });
  expect(warnings).toHaveLength(3);
  for (const text of warnings) expect(text).toMatch(/^host a: its agent is version 99.*\(AGENT_NEWER\)$/);
  await removeAgent(around());
});
