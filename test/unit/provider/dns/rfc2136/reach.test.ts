import type { LookupAddress, LookupAllOptions } from "node:dns";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { mayHaveBeenMade } from "../../../../../provider/dns/rfc2136/failure";
import type { Primary } from "../../../../../provider/dns/rfc2136/primary";
import { answerTo, KEY, scriptedPrimary } from "../../../../support/dns/scripted-primary";
import { freePort } from "../../../../support/free-port";
import { withLimit } from "../../../../support/limits";
import { until } from "../../../../support/until";
import { onCleanup, trackProcess } from "../../../../support/workspace";
import { failureOf, send } from "./sending";

const TWO_ADDRESSES = "two-addresses.example.test";
const looked: string[] = [];

vi.mock(import("node:dns/promises"), async (original) => {
  const real = await original();
  const lookup = (name: string, options: LookupAllOptions): Promise<LookupAddress[]> => {
    looked.push(name);
    const addresses = ["127.0.0.2", "127.0.0.1"].map((address) => ({ address, family: 4 }));
    return name === TWO_ADDRESSES ? Promise.resolve(addresses) : real.lookup(name, options);
  };
  return { ...real, lookup: lookup as typeof real.lookup };
});

/** So that no test waits for seconds. */
const quickly = <Result>(run: () => Promise<Result>): Promise<Result> =>
  withLimit("dnsRetrySeconds", 0.05, run);

async function unreachable(change: Partial<Primary> = {}): Promise<Primary> {
  const settings = { server: "127.0.0.1", zone: "example.test", transport: "tcp", key: KEY } as const;
  return { ...settings, port: await freePort(), ...change };
}

describe("a primary that cannot be reached", () => {
  test("is tried again within the limit, and told with what is wrong", async () => {
    const primary = await unreachable();
    const before = looked.length;
    const failure = await quickly(() => failureOf(send(primary)));
    expect(failure.message).toBe(
      `no connection to the DNS server at 127.0.0.1 port ${primary.port}: connect ECONNREFUSED 127.0.0.1:${primary.port}. ` +
        "Look whether it runs and listens there, over TCP too, and no firewall is in between. Nothing was changed. " +
        "(DNS_PRIMARY_UNREACHABLE)",
    );
    expect(mayHaveBeenMade(failure)).toBe(false);
    expect(looked.length - before).toBe(3);
  });

  test("is not tried again when the operation has no time left for that", async () => {
    const primary = await unreachable();
    const before = looked.length;
    const failure = await withLimit("dnsRetrySeconds", 5, () => failureOf(send(primary, 3)));
    expect(failure).toMatchObject({ code: "DNS_PRIMARY_UNREACHABLE" });
    expect(looked.length - before).toBe(1);
  });

  test("is reached once it comes up", async () => {
    const primary = await unreachable();
    const sending = withLimit("dnsTries", 1_000, () => quickly(() => send(primary)));
    const before = looked.length;
    await until("it was tried in vain", () => looked.length > before);
    await scriptedPrimary((it) => [answerTo(it)], { port: primary.port });
    expect(await sending).toEqual({ kind: "done" });
  });

  test("whose connections hang is given up at the limit", async () => {
    const primary = await unreachable({ port: await hangingPort() });
    const failure = await withLimit("dnsConnectSeconds", 0.2, () => quickly(() => failureOf(send(primary))));
    expect(failure.message).toContain(`port ${primary.port}: no connection over TCP within 0.2 s. Look`);
  });

  test("whose name leads nowhere is told as that", async () => {
    const primary = await unreachable({ server: "no..name" });
    const failure = await quickly(() => failureOf(send(primary)));
    expect(failure.message).toBe(
      `the name of the DNS server no..name port ${primary.port} leads to no address: getaddrinfo ENOTFOUND no..name. ` +
        "Correct `server`, give its IP address instead, or mend the resolver of this machine. " +
        "(DNS_PRIMARY_NAME_UNKNOWN)",
    );
  });
});

test("a name with several addresses leads to the one that answers", async () => {
  const { primary } = await scriptedPrimary((it) => [answerTo(it)], { server: TWO_ADDRESSES });
  expect(await send(primary)).toEqual({ kind: "done" });
});

test("all addresses of a name are told when none takes a connection", async () => {
  const primary = await unreachable({ server: TWO_ADDRESSES });
  const failure = await quickly(() => failureOf(send(primary)));
  expect(failure.message).toContain(
    `at ${TWO_ADDRESSES} port ${primary.port}: connect ECONNREFUSED 127.0.0.2:${primary.port}; ` +
      `connect ECONNREFUSED 127.0.0.1:${primary.port}. Look`,
  );
});

/** A process that listens and takes no connection; so many wait that the kernel lets no more in. */
async function hangingPort(): Promise<number> {
  const program = `
    const server = require("node:net").createServer().listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
      require("node:fs").writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  trackProcess(child);
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(printed.toString());
  let connected = 0;
  const waiting = Array.from({ length: 8 }, () =>
    connect(port, "127.0.0.1", () => (connected += 1)).on("error", () => undefined),
  );
  onCleanup(() => {
    for (const socket of waiting) socket.destroy();
    child.kill("SIGKILL");
  });
  await until("the queue is full", () => connected >= 2);
  return port;
}
