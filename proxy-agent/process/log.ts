import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { LIMITS } from "../contract/limits";
import { redact } from "./redact";

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** JSON lines: time, level, role, message and the fields. Never give it a key. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogSink = (line: string) => void;

export function createLogger(role: string, sink: LogSink): Logger {
  const at = (level: string) => (message: string, fields?: LogFields) => {
    const entry = { time: new Date().toISOString(), level, role, pid: process.pid, message, ...fields };
    // JSON writes line breaks as \n; the pattern needs them as they are.
    const clean = JSON.stringify(entry, (_key, value: unknown) =>
      typeof value === "string" ? redact(value) : value,
    );
    sink(`${clean}\n`);
  };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

/**
 * Appends to a file of bounded size; when it is full it becomes `<file>.1`, in place of the one before. Never throws:
 * a full or read-only disk must not end what the agent is there for. Lines are lost until it can be written again.
 */
export function toFile(file: string, limitBytes: number = LIMITS.logFileBytes): LogSink {
  let descriptor: number | undefined;
  let bytes = 0;
  const open = (): number => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const opened = openSync(file, "a", 0o600);
    bytes = fstatSync(opened).size;
    return opened;
  };
  const append = (line: string): void => {
    descriptor ??= open();
    const more = Buffer.byteLength(line);
    if (bytes > 0 && bytes + more > limitBytes) {
      if (existsSync(file)) {
        renameSync(file, `${file}.1`);
      }
      const full = descriptor;
      // Forgotten before it is closed: its number may be a socket's a moment later.
      descriptor = undefined;
      closeSync(full);
      descriptor = open();
    }
    writeSync(descriptor, line);
    bytes += more;
  };
  return (line) => {
    try {
      append(line);
    } catch {
      return;
    }
  };
}
