import { createRequire } from "node:module";
import type * as Grpc from "@grpc/grpc-js";
import type * as EngineService from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as EngineMessages from "@pulumi/pulumi/proto/engine_pb";
import type { ResourceLog } from "./resource-log";

type Severity = "DEBUG" | "INFO" | "WARNING";
type Say = (severity: Severity, text: string, urn: string, ephemeral: boolean) => Promise<void>;

/** Long enough for a local call, short enough to be never noticed when the engine hangs. */
const FLUSH_SECONDS = 2;

let engine: Say | null | undefined;

/**
 * The log of one resource: Pulumi shows its lines live and again at the end, under the resource. The engine's
 * address is the first argument of the dynamic-provider process; without an engine the lines go to the console,
 * which Pulumi shows under the stack.
 */
export function resourceLog(urn: string, name: string): ResourceLog {
  const inFlight = new Set<Promise<void>>();
  const say = (severity: Severity, text: string, ephemeral = false): void => {
    engine ??= connectEngine(process.argv[2]);
    const saying =
      engine === null
        ? sayOnConsole(severity, text, name, ephemeral)
        : engine(severity, text, urn, ephemeral).catch(() => sayOnConsole(severity, text, name, ephemeral));
    inFlight.add(saying);
    void saying.finally(() => inFlight.delete(saying));
  };
  return {
    info: (text) => {
      say("INFO", text);
    },
    warning: (text) => {
      say("WARNING", text);
    },
    progress: (text) => {
      say("INFO", text, true);
    },
    debug: (text) => {
      say("DEBUG", text);
    },
    flush: () => withinSeconds(Promise.all(inFlight), FLUSH_SECONDS),
  };
}

function sayOnConsole(severity: Severity, text: string, name: string, ephemeral: boolean): Promise<void> {
  if (severity === "DEBUG" || ephemeral) return Promise.resolve();
  const line = `${severity === "WARNING" ? "warning: " : ""}${name}: ${text}\n`;
  (severity === "WARNING" ? process.stderr : process.stdout).write(line);
  return Promise.resolve();
}

/** null: there is no engine to talk to. */
function connectEngine(address: string | undefined): Say | null {
  if (address === undefined || !/^[\w.[\]:-]+:\d+$/.test(address)) return null;
  try {
    return dial(address);
  } catch {
    return null;
  }
}

function dial(address: string): Say {
  // Pulumi's own copy of grpc: a second copy's credentials would not be accepted by Pulumi's client.
  const fromHere = createRequire(__filename);
  const fromPulumi = createRequire(fromHere.resolve("@pulumi/pulumi/package.json"));
  const grpc = fromPulumi("@grpc/grpc-js") as typeof Grpc;
  const { EngineClient } = fromPulumi("@pulumi/pulumi/proto/engine_grpc_pb") as typeof EngineService;
  const { LogRequest, LogSeverity } = fromPulumi("@pulumi/pulumi/proto/engine_pb") as typeof EngineMessages;
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  return (severity, text, urn, ephemeral) =>
    new Promise((resolve, reject) => {
      const request = new LogRequest();
      request.setSeverity(LogSeverity[severity]);
      request.setMessage(text);
      request.setUrn(urn);
      request.setEphemeral(ephemeral);
      client.log(request, new grpc.Metadata(), { deadline: Date.now() + FLUSH_SECONDS * 1_000 }, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
}

async function withinSeconds(work: Promise<unknown>, seconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, seconds * 1_000);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
