import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { EngineServer } from "../../../support/engine";
import { freePort } from "../../../support/free-port";

const argument = process.argv[2];
beforeEach(() => {
  vi.resetModules();
});
afterEach(() => {
  process.argv[2] = argument ?? "";
  vi.restoreAllMocks();
});

describe("what a resource says", () => {
  it("reaches the engine under the resource's own URN before the operation ends", async () => {
    const lines: Parameters<Parameters<typeof EngineServer.start>[0]>[0][] = [];
    const server = await EngineServer.start((line) => lines.push(line));
    process.argv[2] = server.address;
    const log = await logOf();
    log.warning("host a: careful");
    log.info("done");
    await log.flush();
    expect(lines.map(({ urn, message, severity }) => [urn, severity, message])).toEqual([
      ["urn:x", "warning", "host a: careful"],
      ["urn:x", "info", "done"],
    ]);
    server.stop();
  });

  it("goes to the console where no engine answers, and never fails the operation", async () => {
    process.argv[2] = `127.0.0.1:${await freePort()}`;
    const written: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
    const log = await logOf();
    log.warning("host a: careful");
    await log.flush();
    expect(written.join("")).toBe("warning: Certificate www: host a: careful\n");
  });

  it("is not looked for at an argument that is no address", async () => {
    process.argv[2] = "run";
    const written: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
    const log = await logOf();
    log.progress("still at it");
    log.info("done");
    await log.flush();
    expect(written.join("")).toBe("Certificate www: done\n");
  });
});

async function logOf(): Promise<ResourceLog> {
  const { resourceLog } = await import("../../../../provider/engine-log/engine-log.js");
  return resourceLog("urn:x", "Certificate www");
}
