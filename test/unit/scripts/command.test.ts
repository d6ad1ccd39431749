import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { until } from "../../support/until";
import { temporaryDirectory } from "../../support/workspace";

const MODULE = pathToFileURL(resolve("scripts/setup/command.mjs")).href;

/** Tidies up for a while when it is interrupted, as `npm ci` does. */
const SLOW_TO_END = `
  const { writeFileSync } = require("node:fs");
  process.on("SIGINT", () => setTimeout(() => { writeFileSync("ended", ""); process.exit(1); }, 300));
  setInterval(() => undefined, 1_000);
  writeFileSync("started", "");
`;

describe("a step of the set-up that is interrupted with Ctrl-C", () => {
  it("is over before its process ends, so that the next `npm start` does not run into it", async () => {
    const cwd = temporaryDirectory("command");
    writeFileSync(join(cwd, "slow.cjs"), SLOW_TO_END);
    const caller = `import { runLogged } from ${JSON.stringify(MODULE)};
      await runLogged([process.execPath, "slow.cjs"], { cwd: ${JSON.stringify(cwd)}, log: "slow" });`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", caller], {
      cwd,
      // A group of its own stands for the terminal, which tells everyone in it.
      detached: true,
      stdio: "ignore",
      env: { ...process.env, HOME: cwd, XDG_CACHE_HOME: join(cwd, "cache") },
    });
    const closed = once(child, "close");
    await until("the command runs", () => existsSync(join(cwd, "started")));
    process.kill(-(child.pid ?? 0), "SIGINT");
    const [status] = (await closed) as [number | null];
    expect(existsSync(join(cwd, "ended"))).toBe(true);
    expect(status).toBe(130);
  });
});
