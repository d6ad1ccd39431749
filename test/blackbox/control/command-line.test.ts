import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { TestAgent } from "../../support/agent";

let agent: TestAgent;
beforeAll(async () => {
  agent = await TestAgent.start();
});

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const bundle = resolve("proxy-agent/dist/agent.cjs");
  return spawnSync(process.execPath, [bundle, ...args], { encoding: "utf8" });
}

it("tells scripts by its exit status whether it was called for help, wrongly, or in vain", () => {
  const usage: unknown = expect.stringContaining("usage: ");
  expect(run("--help")).toMatchObject({ status: 0, stdout: usage, stderr: "" });
  expect(run("drian")).toMatchObject({ status: 2, stdout: "", stderr: usage });
  expect(run("status", "--state-dir", "/nonexistent")).toMatchObject({ status: 1, stdout: "" });
});

it("prints the agent's facts for scripts", () => {
  expect(JSON.parse(agent.run("facts"))).toMatchObject({ supervised: true, dataPlane: "builtin" });
});

it("says what a drain and its end do not do at once: lead the load balancer's name elsewhere, and back", () => {
  expect(agent.run("drain")).toMatch(
    /goes on leading here,.* until the next change or `pulumi up --refresh`\.\n$/,
  );
  expect(agent.run("undrain")).toMatch(
    /`pulumi up --refresh` has led .* the next one leads it here again\.\n$/,
  );
});
