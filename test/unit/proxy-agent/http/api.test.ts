import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { OffloadError } from "../../../../proxy-agent/contract/errors";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import { callApi } from "../../../../proxy-agent/http/client";
import { serveApi, type ApiServer } from "../../../../proxy-agent/http/server";
import { socketPath } from "../../../../proxy-agent/http/socket-path";
import { createLogger } from "../../../../proxy-agent/process/log";
import { until } from "../../../support/until";

const TABLE = {
  add: {
    method: "POST",
    path: "/v1/add",
    request: z.strictObject({ a: z.number(), b: z.number() }),
    answer: z.object({ sum: z.number() }),
  },
  echo: {
    method: "POST",
    path: "/v1/echo/:id",
    request: z.strictObject({ text: z.string().optional() }),
    answer: z.object({ id: z.string() }),
  },
  fail: { method: "GET", path: "/v1/fail", request: z.strictObject({}), answer: z.object({}) },
} as const;

const lines: string[] = [];
const log = createLogger("test", (line) => lines.push(line));
const PEM = "-----BEGIN PRIVATE KEY-----\nMIIsecret\n-----END PRIVATE KEY-----";

describe("the API over a Unix socket", () => {
  let stateDir: string;
  let server: ApiServer;
  let failure: Error;

  beforeEach(async () => {
    // Deeper than the 107 bytes of a Unix socket's path.
    stateDir = join(mkdtempSync(join(tmpdir(), "api-")), "d".repeat(120));
    mkdirSync(stateDir);
    server = await serveApi({
      table: TABLE,
      handlers: {
        add: ({ a, b }) => ({ sum: a + b, secret: "not in the schema" }),
        echo: (_request, id) => Promise.resolve({ id }),
        fail: () => {
          throw failure;
        },
      },
      stateDir,
      socket: "test.sock",
      mode: 0o600,
      log,
      texts: { "/v1/metrics": () => Promise.resolve("up 1\n") },
    });
  });
  afterEach(async () => {
    await server.close();
    rmSync(join(stateDir, ".."), { recursive: true });
  });

  const at = { socket: "test.sock", table: TABLE } as const;

  it("is reached in a state directory of any depth", async () => {
    expect(await callApi({ ...at, stateDir, name: "add", request: { a: 1, b: 2 } })).toEqual({ sum: 3 });
  });

  it("is not open to other users", () => {
    expect(statSync(join(stateDir, "test.sock")).mode & 0o777).toBe(0o600);
  });

  it("passes a change's id whatever characters it has", async () => {
    const answer = await callApi({ ...at, stateDir, name: "echo", id: "a b%é", request: {} });
    expect(answer).toEqual({ id: "a b%é" });
  });

  it("refuses what the schema does not know, naming the place and not the value", async () => {
    const request = { a: 1, b: 2, extra: "hush" } as { a: number; b: number };
    const error: unknown = await callApi({ ...at, stateDir, name: "add", request }).catch(
      (caught: unknown) => caught as Error,
    );
    expect(error).toMatchObject({ code: "BAD_REQUEST", parameters: { path: "/v1/add" } });
    expect((error as Error).message).toContain("extra");
    expect((error as Error).message).not.toContain("hush");
  });

  it("gives the client the very error that the agent threw", async () => {
    failure = new OffloadError("PORT_IN_USE", "listener web", { port: 443, address: "::", process: "nginx" });
    await expect(callApi({ ...at, stateDir, name: "fail", request: {} })).rejects.toEqual(failure);
  });

  it("never lets a private key out in an unexpected error, nor into the log", async () => {
    failure = new Error(`cannot use ${PEM}`);
    const error: unknown = await callApi({ ...at, stateDir, name: "fail", request: {} }).catch(String);
    expect(error).toContain("INTERNAL");
    expect(`${String(error)}${lines.join("")}`).not.toContain("MIIsecret");
    expect(lines.join("")).toContain("[private key]");
  });

  it("refuses a request over the limit and says so", async () => {
    const request = { text: "x".repeat(LIMITS.requestBytes) };
    await expect(callApi({ ...at, stateDir, name: "echo", id: "1", request })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  });

  it("does not take more clients at once than its limit, and takes others as soon as these have gone", async () => {
    const { path, close } = socketPath(stateDir, "test.sock");
    const idle = Array.from({ length: LIMITS.apiConnections }, () => connect(path));
    await Promise.all(idle.map((socket) => once(socket, "connect")));
    const add = (): Promise<unknown> => callApi({ ...at, stateDir, name: "add", request: { a: 1, b: 2 } });
    await expect(add()).rejects.toMatchObject({ code: "AGENT_UNREACHABLE" });
    idle.forEach((socket) => socket.destroy());
    await until("there is room again", () => add().catch(() => undefined));
    close();
  });

  it.each(["//", "/v1/echo/%zz", "/v1/echo/a/b", "*", "/?"])(
    "answers %j, which is no path, and lives on",
    async (path) => {
      const socket = socketPath(stateDir, "test.sock");
      const request = httpRequest({ socketPath: socket.path, method: "POST", path, agent: false }).end();
      const [response] = (await once(request, "response")) as [IncomingMessage];
      expect(response.resume().statusCode).toBe(404);
      socket.close();
      expect(await callApi({ ...at, stateDir, name: "add", request: { a: 1, b: 2 } })).toEqual({ sum: 3 });
    },
  );

  it("says that there is no agent, and where its log is", async () => {
    const missing = callApi({ ...at, stateDir, socket: "none.sock", name: "add", request: { a: 1, b: 2 } });
    await expect(missing).rejects.toMatchObject({
      code: "AGENT_UNREACHABLE",
      parameters: { log: `${stateDir}/logs` },
    });
    const nowhere = callApi({ ...at, stateDir: "/nonexistent", name: "add", request: { a: 1, b: 2 } });
    await expect(nowhere).rejects.toMatchObject({ code: "AGENT_UNREACHABLE" });
  });

  it("gives up on an agent that does not answer", async () => {
    const silent = createServer();
    const { path, close } = socketPath(stateDir, "silent.sock");
    await new Promise<void>((resolve) => silent.listen(path, resolve));
    const call = callApi({
      ...at,
      stateDir,
      socket: "silent.sock",
      name: "fail",
      request: {},
      timeoutSeconds: 0.2,
    });
    await expect(call).rejects.toMatchObject({ parameters: { detail: "no answer within 0.2 s" } });
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
    close();
  });

  it("keeps the message of an error code that a newer agent has", async () => {
    const newer = createServer((_request, response) => {
      const body = { code: "NEWER_CODE", where: "", parameters: {}, message: "all the story" };
      response.writeHead(409).end(JSON.stringify(body));
    });
    const { path, close } = socketPath(stateDir, "newer.sock");
    await new Promise<void>((resolve) => newer.listen(path, resolve));
    const call = callApi({ ...at, stateDir, socket: "newer.sock", name: "fail", request: {} });
    await expect(call).rejects.toMatchObject({ code: "INTERNAL", parameters: { detail: "all the story" } });
    await new Promise((resolve) => newer.close(resolve));
    close();
  });
});
