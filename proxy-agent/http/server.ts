import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { z } from "zod";
import type { Call, ErrorAnswer } from "../contract/api";
import { ERRORS, OffloadError, type ErrorCode } from "../contract/errors";
import type { ErrorDefinition } from "../contract/errors/define";
import { LIMITS } from "../contract/limits";
import type { Logger } from "../process/log";
import { redact } from "../process/redact";
import { readBody } from "./body";
import { matchRoute, type ApiTable } from "./route";
import { removeStaleSocket, socketPath } from "./socket-path";

/**
 * One function a call. `id` is the ":id" of the path, else empty; `signal` fires when the client has gone away
 * before it was answered.
 */
export type Handlers<Table extends ApiTable> = {
  readonly [Name in keyof Table]: (
    request: z.output<Table[Name]["request"]>,
    id: string,
    signal: AbortSignal,
  ) => z.input<Table[Name]["answer"]> | Promise<z.input<Table[Name]["answer"]>>;
};

export interface ServeOptions<Table extends ApiTable> {
  readonly table: Table;
  readonly handlers: Handlers<Table>;
  readonly stateDir: string;
  /** The socket's file name in the state directory. The caller holds the lock of the role that owns it. */
  readonly socket: string;
  /** Permissions of the socket: 0o660 for the provider's group, 0o600 inside the agent. */
  readonly mode: number;
  readonly log: Logger;
  /** Plain-text pages by path. */
  readonly texts?: Readonly<Record<string, () => Promise<string>>>;
}

export interface ApiServer {
  /** Stops listening and ends what is connected. */
  readonly close: () => Promise<void>;
}

/** Serves a table of calls as HTTP with JSON bodies over a Unix socket. */
export async function serveApi<Table extends ApiTable>(options: ServeOptions<Table>): Promise<ApiServer> {
  const server = createServer((request, response) => {
    void answer(options, request, response);
  });
  server.maxConnections = LIMITS.apiConnections;
  server.keepAliveTimeout = LIMITS.apiIdleSeconds * 1_000;
  const socket = socketPath(options.stateDir, options.socket);
  removeStaleSocket(socket.path);
  await listen(server, socket.path, options.mode);
  server.on("error", (error) => {
    options.log.error("cannot take a connection", { error: error.message });
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          socket.close();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, path: string, mode: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // The socket must never be there with wider permissions, not even before a chmod.
    const before = process.umask(0o777 & ~mode);
    try {
      server.listen({ path, backlog: LIMITS.apiConnections }, resolve);
    } finally {
      process.umask(before);
    }
  });
}

async function answer<Table extends ApiTable>(
  options: ServeOptions<Table>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  try {
    const text = request.method === "GET" ? options.texts?.[path] : undefined;
    if (text !== undefined) {
      send(response, 200, "text/plain; version=0.0.4; charset=utf-8", await text());
      return;
    }
    const result = await handle(options, request, path, gone.signal);
    send(response, 200, "application/json", JSON.stringify(result));
  } catch (error) {
    const envelope = envelopeOf(error);
    if (envelope.code === "INTERNAL") {
      options.log.error("a request failed", { path, error: stackOf(error) });
    }
    const definition: ErrorDefinition = ERRORS[envelope.code];
    send(response, definition.status, "application/json", JSON.stringify(envelope));
  }
}

async function handle<Table extends ApiTable>(
  options: ServeOptions<Table>,
  request: IncomingMessage,
  path: string,
  signal: AbortSignal,
): Promise<unknown> {
  const route = matchRoute(options.table, request.method ?? "", path);
  if (route === undefined) {
    request.resume();
    throw new OffloadError("NOT_FOUND", "", { path });
  }
  const call: Call = options.table[route.name] as Call;
  const body = call.method === "GET" ? {} : await readBody(request, path);
  const parsed = call.request.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const detail = issue === undefined ? "invalid" : `${issue.path.join(".") || "body"}: ${issue.message}`;
    throw new OffloadError("BAD_REQUEST", "", { path, detail });
  }
  const handler = options.handlers[route.name] as (
    request: unknown,
    id: string,
    signal: AbortSignal,
  ) => unknown;
  // Parsing drops whatever the answer's schema does not name, so that nothing private slips out by accident.
  return call.answer.parse(await handler(parsed.data, route.id, signal));
}

function envelopeOf(error: unknown): ErrorAnswer & { code: ErrorCode } {
  const known: OffloadError =
    error instanceof OffloadError
      ? (error as OffloadError)
      : new OffloadError("INTERNAL", "", {
          detail: redact(error instanceof Error ? error.message : "unknown"),
        });
  return { code: known.code, where: known.where, parameters: known.parameters, message: known.message };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
