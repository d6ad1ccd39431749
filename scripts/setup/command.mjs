import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cacheDirectory } from "./paths.mjs";

const LINES_SHOWN = 20;
/** As a shell reports an end by SIGINT. */
const INTERRUPTED_STATUS = 130;
/** What a command gets to end in good order after Ctrl-C. */
const PATIENCE_MILLISECONDS = 2_000;

/** An error that a person can act upon: shown without a stack. */
export class SetupError extends Error {
  name = "SetupError";
}

/**
 * Runs a command with its output in a log file, which stays only when the command fails. Ctrl-C ends this process once
 * the command, which the terminal tells as well, has ended: what comes next must not meet it still writing.
 *
 * @param {readonly string[]} words
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, log: string, onLine?: (line: string) => void,
 *   timeoutMilliseconds?: number }} options log: the file's name without folder and extension
 * @returns {Promise<void>} rejects with a SetupError that holds the log's last lines
 */
export async function runLogged(
  [command, ...args],
  { cwd, env = process.env, log, onLine, timeoutMilliseconds },
) {
  const folder = join(cacheDirectory(), "logs");
  const file = join(folder, `${log}-${process.pid}.log`);
  mkdirSync(folder, { recursive: true });
  const fd = openSync(file, "w");
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMilliseconds,
  });
  let isInterrupted = false;
  const onInterrupt = () => {
    isInterrupted = true;
    // `npm ci` would first finish what it was told to give up, and then take it all back.
    setTimeout(() => child.kill("SIGKILL"), PATIENCE_MILLISECONDS).unref();
  };
  process.once("SIGINT", onInterrupt);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      writeSync(fd, `${line}\n`);
      onLine?.(line);
    });
  }
  const failure = await new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
  });
  process.off("SIGINT", onInterrupt);
  closeSync(fd);
  if (isInterrupted) {
    rmSync(file);
    process.exit(INTERRUPTED_STATUS);
  }
  if (failure !== undefined) throw new SetupError(failureText([command, ...args], failure, file));
  rmSync(file);
}

function failureText(words, failure, file) {
  const tail = readFileSync(file, "utf8").trimEnd().split("\n").slice(-LINES_SHOWN);
  return [
    `\`${words.join(" ")}\` ${failure}. Its last lines:`,
    ...tail.map((line) => `    ${line}`),
    `All of it: ${file}`,
  ].join("\n");
}
