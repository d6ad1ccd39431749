import { existsSync, rmSync } from "node:fs";
import type { ServerChannel } from "ssh2";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { installAgent } from "../../../provider/transport/local/agent";
import { callApi } from "../../../proxy-agent/http/client";
import { connectInside } from "../../../proxy-agent/http/socket-path";
import { API, STATE_FILES } from "../../../proxy-agent/contract";
import { endProcessesNaming, onCleanup, temporaryDirectory } from "../workspace";
import { makeKey } from "./keys";
import { recordedLog } from "./log";
import { serveSsh } from "./server";

/** How a script ended that root ran on the host. */
export interface ScriptEnd {
  readonly status: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface PlayedHostOptions {
  /** The state directory of the agent on this machine that plays the host's. */
  readonly stateDir: string;
  /** restricted: the login runs the agent's dial-stdio, whatever it asks for. Default: root. */
  readonly login?: "root" | "restricted";
  /** undefined: as it would end on a host that nothing is wrong with. */
  readonly script?: (text: string) => ScriptEnd | undefined;
}

export interface PlayedHost {
  /** Of a host in a program, and of a target. */
  readonly connection: Readonly<{
    host: string;
    port: number;
    user: string;
    password: string;
    hostKey: string;
  }>;
}

/** A machine that is reached over SSH, without a machine: what root does there is played, and its agent is real. */
export async function playHost({
  stateDir,
  login = "root",
  script = () => undefined,
}: PlayedHostOptions): Promise<PlayedHost> {
  const key = makeKey(temporaryDirectory("played"), "host");
  const { port, stop } = await serveSsh(
    key,
    (context) => {
      if (context.method === "password") context.accept();
      else context.reject(["password"]);
    },
    (command, channel) => {
      if (login === "restricted" || command.includes("dial-stdio")) dial(stateDir, channel);
      else
        void play(command, stateDir, script).then((end) => {
          finish(channel, end);
        });
    },
  );
  onCleanup(stop);
  const user = login === "root" ? "root" : "pipeline";
  return { connection: { host: "127.0.0.1", port, user, password: "open", hostKey: key.text } };
}

function dial(stateDir: string, channel: ServerChannel): void {
  const agent = connectInside(stateDir, STATE_FILES.controlSocket);
  agent.on("error", ({ message }) => {
    finish(channel, { status: 1, stderr: message });
  });
  agent.once("end", () => {
    channel.exit(0);
  });
  channel.pipe(agent).pipe(channel);
}

async function play(
  command: string,
  stateDir: string,
  script: (text: string) => ScriptEnd | undefined,
): Promise<ScriptEnd> {
  if (command.includes("say uid")) return { status: 0, stdout: await survey(stateDir) };
  const end = script(command);
  if (end !== undefined) return end;
  if (command.includes(" install --node ")) {
    await installAgent({ host: "played", stateDir, log: recordedLog(), deadline: deadlineIn(60) });
    return { status: 0, stdout: '{"ok":true,"state":"installed"}\n' };
  }
  if (command.includes("userdel")) {
    await endProcessesNaming(stateDir);
    rmSync(stateDir, { recursive: true, force: true });
  }
  return { status: 0 };
}

async function survey(stateDir: string): Promise<string> {
  const call = { stateDir, socket: STATE_FILES.controlSocket, table: API };
  const facts = await callApi({ ...call, name: "facts", request: {} }).catch(() => null);
  const lines = [
    "uid=0",
    "user=root",
    "machine=x86_64",
    "systemd=yes",
    "node=v24.21.0 /usr/bin/node",
    ...(facts === null ? [] : [`bundle=${facts.bundleSha256}`]),
    ...(existsSync(stateDir) ? ["trace=/opt/tls-offload"] : []),
    "end=yes",
  ];
  return lines.map((line) => `tls-offload:${line}\n`).join("");
}

/** After the command's input has ended, as a program that reads all of it. */
function finish(channel: ServerChannel, { status, stdout = "", stderr = "" }: ScriptEnd): void {
  const end = (): void => {
    channel.stderr.write(stderr);
    channel.write(stdout);
    channel.exit(status);
    channel.end();
  };
  channel.once("end", end).resume();
}
