import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
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

/** Appends to a file of bounded size; when it is full it becomes `<file>.1`, in place of the one before. */
export function toFile(file: string, limitBytes: number = LIMITS.logFileBytes): LogSink {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let descriptor = openSync(file, "a", 0o600);
  let bytes = fstatSync(descriptor).size;
  return (line) => {
    if (bytes > 0 && bytes + line.length > limitBytes) {
      closeSync(descriptor);
      renameSync(file, `${file}.1`);
      descriptor = openSync(file, "a", 0o600);
      bytes = 0;
    }
    writeQuietly(descriptor, line);
    bytes += Buffer.byteLength(line);
  };
}

/** A full disk or a closed terminal must not end what the agent is there for. */
function writeQuietly(descriptor: number, line: string): void {
  try {
    writeSync(descriptor, line);
  } catch {
    return;
  }
}
