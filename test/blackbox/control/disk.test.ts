import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createAuthority, type Authority } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { Backend, echo } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { describeUnless } from "../../support/needs";
import { connectTls } from "../../support/tls-client";
import { onCleanup, temporaryDirectory } from "../../support/workspace";
import { until } from "../../support/until";
import { certificate, change, group, listener, loadBalancer } from "./objects";

let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

async function served(agent: TestAgent): Promise<number> {
  const backend = await Backend.start(echo);
  const port = await freePort();
  const issued = await authority.issue({ names: ["www.example.test"] });
  await agent.call(
    "change",
    change([loadBalancer(), certificate(issued), group([backend.port]), listener(port)]),
  );
  return port;
}

const missing = process.getuid?.() === 0 ? null : "mounting a small disk needs root";

describeUnless(missing, "a full disk", () => {
  it("refuses the change with one clear error, and goes on serving the old document", async () => {
    const disk = join(temporaryDirectory("small-disk"), "mount");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", disk]);
    onCleanup(() => void spawnSync("umount", ["-l", disk]));
    const agent = await TestAgent.start({ stateDir: join(disk, "state") });
    const port = await served(agent);
    const before = readFileSync(join(agent.stateDir, "document.json"), "utf8");
    const keys = readdirSync(join(agent.stateDir, "keys"));
    fill(join(disk, "ballast"));
    const renewed = await authority.issue({ names: ["www.example.test"] });
    await expect(agent.call("change", change([certificate(renewed)]))).rejects.toMatchObject({
      code: "STATE_NOT_WRITABLE",
    });
    expect(readFileSync(join(agent.stateDir, "document.json"), "utf8")).toBe(before);
    expect(readdirSync(join(agent.stateDir, "keys"))).toEqual(keys);
    (await connectTls(port)).destroy();
    await agent.kill("control");
    await agent.ready();
    expect((await agent.call("document", {})).confirmed.generation).toBe(1);
    rmSync(join(disk, "ballast"));
    expect(await agent.call("change", change([certificate(renewed)]))).toMatchObject({ state: "confirmed" });
    await agent.stop();
  });
});

describeUnless(missing, "a disk that turned read-only", () => {
  it("refuses the change, ends no traffic, and is taken up again as soon as it can be written", async () => {
    const stateDir = join(temporaryDirectory("read-only"), "state");
    const agent = await TestAgent.start({ stateDir });
    const port = await served(agent);
    const before = readFileSync(join(stateDir, "document.json"), "utf8");
    const [supervisor, dataPlane] = [agent.pid("supervise"), agent.pid("data-plane")];
    // Whatever is opened from now on is read-only; what is open stays, as when a file system turns read-only.
    execFileSync("mount", ["--bind", stateDir, stateDir]);
    onCleanup(() => void spawnSync("umount", ["-l", stateDir]));
    execFileSync("mount", ["-o", "remount,bind,ro", stateDir]);
    const control = agent.pid("control") ?? 0;
    process.kill(control, "SIGKILL");
    process.kill(agent.pid("dns") ?? 0, "SIGKILL");
    await until("they were started again in vain", () =>
      agent.logs().split("ended").length > 4 ? true : undefined,
    );
    expect([agent.pid("supervise"), agent.pid("data-plane")]).toEqual([supervisor, dataPlane]);
    (await connectTls(port)).destroy();
    execFileSync("umount", [stateDir]);
    await agent.ready();
    expect(readFileSync(join(stateDir, "document.json"), "utf8")).toBe(before);
    const renewed = await authority.issue({ names: ["www.example.test"] });
    execFileSync("mount", ["--bind", join(stateDir, "keys"), join(stateDir, "keys")]);
    execFileSync("mount", ["-o", "remount,bind,ro", join(stateDir, "keys")]);
    onCleanup(() => void spawnSync("umount", ["-l", join(stateDir, "keys")]));
    await expect(agent.call("change", change([certificate(renewed)]))).rejects.toMatchObject({
      code: "STATE_NOT_WRITABLE",
    });
    expect(readFileSync(join(stateDir, "document.json"), "utf8")).toBe(before);
    (await connectTls(port)).destroy();
    execFileSync("umount", [join(stateDir, "keys")]);
    expect(await agent.call("change", change([certificate(renewed)]))).toMatchObject({ state: "confirmed" });
    await agent.stop();
  });
});

function fill(file: string): void {
  for (const size of [64 * 1_024, 1_024, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: "a" });
    } catch {
      continue;
    }
  }
}

describe("what is on the disk", () => {
  it("is the owner's alone, and holds no key but in its own file", async () => {
    const agent = await TestAgent.start();
    const issued = await authority.issue({ names: ["www.example.test"] });
    await agent.call("change", change([loadBalancer(), certificate(issued)]));
    const secret = issued.keyPem.split("\n")[1] ?? "";
    const answers = await Promise.all(
      (["facts", "document", "observed"] as const).map(async (name) =>
        JSON.stringify(await agent.call(name, {})),
      ),
    );
    const document = readFileSync(join(agent.stateDir, "document.json"), "utf8");
    expect(`${answers.join("")}${document}${agent.logs()}`).not.toContain(secret);
    const keys = readdirSync(join(agent.stateDir, "keys"));
    expect(keys).toHaveLength(1);
    const key = join(agent.stateDir, "keys", keys[0] ?? "");
    expect(readFileSync(key, "utf8")).toContain(secret);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(statSync(join(agent.stateDir, "keys")).mode & 0o777).toBe(0o700);
    const { object } = certificate(issued);
    const deletes = [{ id: object.id, incarnation: object.incarnation }];
    await agent.call("change", change([], { deletes }));
    expect(readdirSync(join(agent.stateDir, "keys"))).toEqual([]);
    await agent.stop();
  });

  it("may be damaged without ending the traffic, and is mended by removing the file", async () => {
    const agent = await TestAgent.start();
    const port = await served(agent);
    const file = join(agent.stateDir, "document.json");
    writeFileSync(file, "{ not JSON");
    await agent.kill("control");
    await until("control says what is wrong", () =>
      agent.call("document", {}).then(
        () => false,
        (error: unknown) => String(error).includes("STATE_UNREADABLE"),
      ),
    );
    (await connectTls(port)).destroy();
    rmSync(file);
    await agent.ready();
    expect((await agent.call("document", {})).confirmed.generation).toBe(0);
    await agent.stop();
  });
});
