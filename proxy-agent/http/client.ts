import { Agent, request as httpRequest } from "node:http";
import type { Duplex } from "node:stream";
import type { z } from "zod";
import { errorAnswer, patienceSeconds, STATE_FILES, type Call } from "../contract/api";
import { ERRORS, isErrorCode, OffloadError, type ErrorCode } from "../contract/errors";
import { LIMITS } from "../contract/limits";
import { pathOf, type ApiTable } from "./route";
import { connectInside } from "./socket-path";

export interface StreamCall<Table extends ApiTable, Name extends keyof Table & string> {
  readonly table: Table;
  readonly name: Name;
  /** Stands in place of ":id" in the call's path. */
  readonly id?: string;
  readonly request: z.input<Table[Name]["request"]>;
  /** Default: `patienceSeconds`. A change that may wait needs its waitSeconds on top. */
  readonly timeoutSeconds?: number;
  /** Prefix of error messages that do not say where themselves: "host edge-a". */
  readonly where?: string;
}

export type LocalCall<Table extends ApiTable, Name extends keyof Table & string> = StreamCall<Table, Name> & {
  readonly stateDir: string;
  /** The socket's file name in the state directory: one of STATE_FILES. */
  readonly socket: string;
};

/**
 * Calls an agent on this machine. Throws the OffloadError that the agent answered, or AGENT_UNREACHABLE when it
 * does not answer.
 */
export function callApi<Table extends ApiTable, Name extends keyof Table & string>(
  call: LocalCall<Table, Name>,
): Promise<z.output<Table[Name]["answer"]>> {
  const log = `${call.stateDir}/${STATE_FILES.logs}`;
  return callOver(() => connectInside(call.stateDir, call.socket), log, call);
}

/** A fresh stream a call, or what keeps streams for the calls to come. */
export type Connector = (() => Duplex) | Agent;

/** The same over any stream, for instance an SSH channel on which `agent.cjs dial-stdio` runs. `log`: where to look. */
export async function callOver<Table extends ApiTable, Name extends keyof Table & string>(
  connect: Connector,
  log: string,
  {
    table,
    name,
    id = "",
    request,
    timeoutSeconds = patienceSeconds(table[name] as Call),
    where = "",
  }: StreamCall<Table, Name>,
): Promise<z.output<Table[Name]["answer"]>> {
  const call: Call = table[name] as Call;
  let answer: RawAnswer;
  try {
    answer = await exchange(connect, call, pathOf(call, id), request, timeoutSeconds);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new OffloadError("AGENT_UNREACHABLE", where, { detail, log }, { cause: error });
  }
  const body = parseJson(answer.body);
  if (answer.status !== 200) {
    throw errorOf(answer, body, where);
  }
  const parsed = call.answer.safeParse(body);
  if (!parsed.success) {
    const detail = `its answer to ${call.path} is not the expected one (${parsed.error.issues[0]?.path.join(".") ?? ""})`;
    throw new OffloadError("INTERNAL", where, { detail });
  }
  return parsed.data as z.output<Table[Name]["answer"]>;
}

interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

function exchange(
  connect: Connector,
  call: Call,
  path: string,
  request: unknown,
  timeoutSeconds: number,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const body = call.method === "GET" ? "" : JSON.stringify(request);
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const outgoing = httpRequest({
      method: call.method,
      path,
      headers,
      ...(connect instanceof Agent ? { agent: connect } : { createConnection: connect }),
      signal: AbortSignal.timeout(Math.ceil(timeoutSeconds * 1_000)),
    });
    outgoing.once("error", (error) => {
      const late = error.name === "AbortError" || error.name === "TimeoutError";
      reject(late ? new Error(`no answer within ${timeoutSeconds} s`) : error);
    });
    outgoing.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > LIMITS.apiAnswerBytes) {
          outgoing.destroy(new Error(`it answers with more than ${LIMITS.apiAnswerBytes} bytes`));
        }
      });
      response.once("error", reject);
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, body: text });
      });
    });
    outgoing.end(body);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The agent's own error. A code that this version does not know keeps its message inside INTERNAL. */
function errorOf(answer: RawAnswer, body: unknown, where: string): OffloadError {
  const parsed = errorAnswer.safeParse(body);
  if (!parsed.success) {
    return new OffloadError("INTERNAL", where, { detail: `HTTP status ${answer.status}` });
  }
  const { code, parameters, message } = parsed.data;
  const place = [where, parsed.data.where].filter((part) => part !== "").join(": ");
  if (!isErrorCode(code) || !hasAllParameters(code, parameters)) {
    return new OffloadError("INTERNAL", where, { detail: message });
  }
  return new OffloadError(code, place, parameters as never);
}

function hasAllParameters(code: ErrorCode, parameters: Readonly<Record<string, unknown>>): boolean {
  const { problem, remedy } = ERRORS[code];
  return [...`${problem} ${remedy}`.matchAll(/\{(\w+)\}/g)].every(([, name = ""]) => name in parameters);
}
