import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { TestAgent } from "../../support/agent";
import { describeUnless } from "../../support/needs";
import { until } from "../../support/until";
import { temporaryDirectory, trackProcess } from "../../support/workspace";
import { change, loadBalancer } from "./objects";

const missing = spawnSync("strace", ["-V"]).status === 0 ? null : "strace is not installed";

describeUnless(missing, "a confirmed change", () => {
  it("is on the disk, name and all, before the client gets its answer", async () => {
    const agent = await TestAgent.start();
    const trace = join(temporaryDirectory("trace"), "strace");
    const calls = "write,writev,fsync,rename,openat,pwrite64";
    const args = [
      "-f",
      "-y",
      "-s",
      "200",
      "-e",
      `trace=${calls}`,
      "-o",
      trace,
      "-p",
      String(agent.pid("control")),
    ];
    const strace = spawn("strace", args, { stdio: ["ignore", "ignore", "pipe"] });
    trackProcess(strace);
    await once(strace.stderr, "data");
    await agent.call("change", change([loadBalancer()]));
    await until("the answer is in the trace", () => readFileSync(trace, "utf8").includes("confirmed"));
    strace.kill("SIGINT");
    await once(strace, "exit");
    const lines = readFileSync(trace, "utf8").split("\n");
    const order = [
      /write\(\d+<.*pending\.json\.tmp>/,
      /fsync\(\d+<.*pending\.json\.tmp>/,
      /rename\(".*pending\.json\.tmp", ".*pending\.json"\)/,
      /fsync\(\d+<.*\/state>\)/,
      /rename\(".*pending\.json", ".*document\.json"\)/,
      /fsync\(\d+<.*\/state>\)/,
      /writev?\(\d+<(socket|UNIX).*confirmed/,
    ];
    let from = 0;
    for (const pattern of order) {
      const found = lines.findIndex((line, index) => index >= from && pattern.test(line));
      expect(found, `${String(pattern)} after line ${from}`).toBeGreaterThanOrEqual(from);
      from = found + 1;
    }
    await agent.stop();
  });
});
