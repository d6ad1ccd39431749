import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type * as FileSystem from "node:fs";
import { tmpdir } from "node:os";
import type * as OperatingSystem from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { STATE_FILES, type ChangeRequest, type Put } from "../../../../proxy-agent/contract";
import { Changes } from "../../../../proxy-agent/control/changes";
import { Drain } from "../../../../proxy-agent/control/drain";
import { MachineIdentity } from "../../../../proxy-agent/control/machine-identity";
import { Serving } from "../../../../proxy-agent/control/serving";
import { Store } from "../../../../proxy-agent/control/store/store";
import { HealthMonitor } from "../../../../proxy-agent/health/monitor";
import { createLogger } from "../../../../proxy-agent/process/log";
import { until } from "../../../support/until";
import { put, SHA } from "./objects";

const disk = vi.hoisted(() => ({ failFlush: false }));
const network = vi.hoisted(() => ({ isHidden: false }));
vi.mock("node:os", async (importActual) => {
  const actual = await importActual<typeof OperatingSystem>();
  const networkInterfaces = (): ReturnType<typeof actual.networkInterfaces> => {
    if (network.isHidden) throw new Error("uv_interface_addresses returned Unknown system error 97");
    return actual.networkInterfaces();
  };
  return { ...actual, networkInterfaces };
});
vi.mock("node:fs", async (importActual) => {
  const actual = await importActual<typeof FileSystem>();
  return {
    ...actual,
    fsyncSync: (descriptor: number) => {
      if (disk.failFlush && actual.fstatSync(descriptor).isDirectory())
        throw new Error("EIO: i/o error, fsync");
      actual.fsyncSync(descriptor);
    },
  };
});

const here = new AbortController().signal;
let stateDir: string;
let monitor: HealthMonitor;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "changes-"));
  monitor = new HealthMonitor(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  disk.failFlush = false;
  network.isHidden = false;
  monitor.stop();
  rmSync(stateDir, { recursive: true });
});

/** As control makes it at its start. Nothing listens: these changes need neither data plane nor DNS. */
function control(): { changes: Changes; store: Store } {
  const log = createLogger("test", () => undefined);
  const store = new Store(stateDir);
  const serving = new Serving(stateDir, log, () => ({}));
  const drain = new Drain(join(stateDir, STATE_FILES.drained));
  const machine = new MachineIdentity(join(stateDir, STATE_FILES.machine), false);
  const confirmed = store.load().document;
  return { store, changes: new Changes({ store, serving, monitor, log, confirmed, drain, machine }) };
}

const loadBalancer = (loadBalancerName: string): Put =>
  put("loadBalancer", { loadBalancerName, dnsListen: null });

function request(name: string, more: Partial<ChangeRequest> = {}): ChangeRequest {
  const base = {
    holder: "demo/dev/test/test",
    expectedGeneration: null,
    dryRun: false,
    waitSeconds: 0,
    deletes: [],
  };
  return { ...base, confirmWithinSeconds: 60, puts: [loadBalancer(name)], ...more };
}

const nameIn = (text: string): string => /"loadBalancerName": "(\w+)"/.exec(text)?.[1] ?? "";
const nameOnDisk = (): string => nameIn(readFileSync(join(stateDir, "document.json"), "utf8"));

describe("a pending change that nobody confirms", () => {
  it("is taken back even when the timer fires a moment before the clock gets there", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { changes } = control();
    await changes.change(request("one", { confirmWithinSeconds: 5 }), here);
    // The clock that tells deadlines is not faked: for it, no time has passed at all.
    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    await until("it is taken back", () => changes.pending === undefined);
    expect(changes.confirmed.generation).toBe(0);
    expect(await changes.change(request("two"), here)).toMatchObject({ state: "pending" });
  });

  it("stays when it is renewed in the very moment in which its time is over", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { changes } = control();
    const { changeId } = await changes.change(request("one", { confirmWithinSeconds: 5 }), here);
    const renewed = changes.renew(changeId ?? "", 60);
    vi.advanceTimersByTime(5_000);
    await renewed;
    vi.useRealTimers();
    await changes.confirm(changeId ?? "");
    expect(changes.confirmed.generation).toBe(1);
  });
});

describe("a confirmation", () => {
  it("whose flush fails after the document got its name counts, in memory as on the disk, and is reported", async () => {
    const { changes, store } = control();
    await changes.change(request("before", { confirmWithinSeconds: null }), here);
    store.writeKey(SHA, "key of the document before");
    const { changeId } = await changes.change(request("after"), here);
    disk.failFlush = true;
    expect(await changes.confirm(changeId ?? "")).toEqual({ generation: 2 });
    expect(nameIn(JSON.stringify(changes.confirmed, undefined, 2))).toBe("after");
    expect(nameOnDisk()).toBe("after");
    expect(store.problem).toMatchObject({ code: "STATE_NOT_DURABLE" });
    expect(readFileSync(join(stateDir, `keys/${SHA}.key`), "utf8")).toBe("key of the document before");
    await expect(changes.change(request("refused"), here)).rejects.toMatchObject({
      code: "STATE_NOT_WRITABLE",
    });
    expect(nameOnDisk()).toBe("after");
    disk.failFlush = false;
    await changes.change(request("later", { confirmWithinSeconds: null }), here);
    expect(store.problem).toBeUndefined();
    expect(control().changes.confirmed.generation).toBe(3);
  });

  it("whose answer was lost is answered again by a control that was restarted meanwhile", async () => {
    const { changes } = control();
    const { changeId } = await changes.change(request("one"), here);
    await changes.confirm(changeId ?? "");
    expect(await control().changes.confirm(changeId ?? "")).toEqual({ generation: 1 });
    await expect(control().changes.confirm("another")).rejects.toMatchObject({ code: "NO_SUCH_CHANGE" });
  });

  it("that the disk refuses leaves the change pending, to be confirmed again or taken back", async () => {
    const { changes } = control();
    await changes.change(request("before", { confirmWithinSeconds: null }), here);
    const { changeId } = await changes.change(request("after"), here);
    rmSync(join(stateDir, "pending.json"));
    await expect(changes.confirm(changeId ?? "")).rejects.toMatchObject({ code: "STATE_NOT_WRITABLE" });
    expect(nameOnDisk()).toBe("before");
    await changes.revert(changeId ?? "");
    expect(await changes.change(request("next"), here)).toMatchObject({ state: "pending" });
  });
});

describe("a drain, or its end, that is answered with an error", () => {
  const isMarked = (): boolean => existsSync(join(stateDir, STATE_FILES.drained));

  it("has not happened when the disk refuses it after the file has got its name, also after a restart", async () => {
    const { changes } = control();
    disk.failFlush = true;
    const refused = { code: "STATE_NOT_WRITABLE" };
    await expect(changes.setDrained({ reason: "" }, here)).rejects.toMatchObject(refused);
    expect(isMarked()).toBe(false);
    disk.failFlush = false;
    await changes.setDrained({ reason: "new memory" }, here);
    disk.failFlush = true;
    await expect(changes.setDrained(undefined, here)).rejects.toMatchObject(refused);
    expect(new Drain(join(stateDir, STATE_FILES.drained)).mark).toEqual({ reason: "new memory" });
  });

  it("has not happened when the host cannot tell what it is to serve then", async () => {
    const { changes } = control();
    await changes.change(request("one", { confirmWithinSeconds: null }), here);
    network.isHidden = true;
    await expect(changes.setDrained({ reason: "" }, here)).rejects.toThrow("error 97");
    expect(isMarked()).toBe(false);
    network.isHidden = false;
    await changes.setDrained({ reason: "" }, here);
    expect(isMarked()).toBe(true);
  });
});

it("does not come back with what was pending, however damaged that is", async () => {
  const { changes } = control();
  await changes.change(request("kept", { confirmWithinSeconds: null }), here);
  writeFileSync(join(stateDir, "pending.json"), "{ half");
  expect(control().changes.confirmed.generation).toBe(1);
});
