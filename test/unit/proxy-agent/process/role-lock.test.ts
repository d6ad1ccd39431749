import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { livingPid } from "../../../../proxy-agent/process/pid-record";
import { takeRole, watchRole } from "../../../../proxy-agent/process/role-lock";

const scratch = mkdtempSync(join(tmpdir(), "lock-"));
const children: ChildProcess[] = [];

beforeAll(() => {
  buildSync({
    stdin: {
      contents: `import { takeRole } from "./proxy-agent/process/role-lock";
        void takeRole(process.argv[2], "dns").then((taken) => { process.stdout.write(String(taken)); if (taken) setInterval(() => {}, 1000); });`,
      resolveDir: process.cwd(),
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    outfile: join(scratch, "holder.cjs"),
  });
});
afterAll(() => {
  children.forEach((child) => child.kill("SIGKILL"));
  rmSync(scratch, { recursive: true });
});

async function startHolder(stateDir: string): Promise<{ child: ChildProcess; taken: string }> {
  const child = spawn(process.execPath, [join(scratch, "holder.cjs"), stateDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  return { child, taken: chunk.toString() };
}

it("gives a role to one process only, and frees it at the moment of its death by SIGKILL", async () => {
  const stateDir = join(scratch, "state");
  const first = await startHolder(stateDir);
  expect(first.taken).toBe("true");
  expect(livingPid(stateDir, "dns")).toBe(first.child.pid);
  expect((await startHolder(stateDir)).taken).toBe("false");
  expect(await takeRole(stateDir, "dns")).toBe(false);

  const watch = await watchRole(stateDir, "dns");
  const exited = once(first.child, "exit");
  first.child.kill("SIGKILL");
  await Promise.all([watch?.ended, exited]);
  expect(livingPid(stateDir, "dns")).toBeUndefined();
  expect(await watchRole(stateDir, "dns")).toBeUndefined();
  expect((await startHolder(stateDir)).taken).toBe("true");
});

it("does not confuse two agents on one machine", async () => {
  expect((await startHolder(join(scratch, "one"))).taken).toBe("true");
  expect((await startHolder(join(scratch, "two"))).taken).toBe("true");
});

it("does not confuse two agents whose ids a power cut left empty", async () => {
  for (const name of ["empty-one", "empty-two"]) {
    mkdirSync(join(scratch, name));
    writeFileSync(join(scratch, name, "instance-id"), "");
    expect((await startHolder(join(scratch, name))).taken).toBe("true");
    expect((await startHolder(join(scratch, name))).taken).toBe("false");
  }
});

it("gives a role on a disk that cannot take the record of it", async () => {
  const stateDir = join(scratch, "unrecorded");
  mkdirSync(stateDir);
  writeFileSync(join(stateDir, "pids"), "in the way");
  expect((await startHolder(stateDir)).taken).toBe("true");
});

it("keeps the lock's name from other users", () => {
  expect(statSync(join(scratch, "state", "instance-id")).mode & 0o777).toBe(0o600);
});
