import { once } from "node:events";
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { API, changeRequest, STATE_FILES, type ApiCall } from "../../../proxy-agent/contract";
import { matchRoute } from "../../../proxy-agent/http/route";
import { connectInside, socketPath } from "../../../proxy-agent/http/socket-path";

const BEHIND = "control.behind.sock";
const HEAD_END = "\r\n\r\n";

/** One call of the provider to one agent. */
export interface SeenCall {
  readonly host: string;
  readonly name: ApiCall | "dry run";
  /** What a change puts. */
  readonly objectIds: readonly string[];
}

/** pass: as if there were no relay. cut: never reaches the agent. lose: the agent does it, the answer is lost. */
export type Verdict = "pass" | "cut" | "lose";

export interface Observer {
  /** Before the agent hears of the call. */
  readonly asked: (call: SeenCall) => Verdict | Promise<Verdict>;
  /** The agent has answered; the provider has not heard it yet. */
  readonly answered?: (call: SeenCall) => void | Promise<void>;
}

/** Stands between the provider and the agent of one host, on the agent's own socket name. */
export class Relay {
  private constructor(
    private readonly stateDir: string,
    private readonly server: Server,
    private readonly inode: number,
  ) {}

  static async attach(host: string, stateDir: string, observer: () => Observer): Promise<Relay> {
    const server = createServer((client) => {
      client.on("error", () => client.destroy());
      void relayOne(host, stateDir, client, observer).catch(() => client.destroy());
    });
    const own = socketPath(stateDir, "relay.sock");
    // Closing a server removes the name that it was bound to: never the agent's.
    server.listen(own.path);
    await once(server, "listening");
    const control = join(stateDir, STATE_FILES.controlSocket);
    renameSync(control, join(stateDir, BEHIND));
    renameSync(join(stateDir, "relay.sock"), control);
    server.once("close", own.close);
    return new Relay(stateDir, server, statSync(control).ino);
  }

  /** An agent that was restarted meanwhile has its socket already. */
  async detach(): Promise<void> {
    const control = join(this.stateDir, STATE_FILES.controlSocket);
    const behind = join(this.stateDir, BEHIND);
    if (existsSync(control) && statSync(control).ino === this.inode) renameSync(behind, control);
    else rmSync(behind, { force: true });
    this.server.close();
    await once(this.server, "close");
  }
}

async function relayOne(
  host: string,
  stateDir: string,
  client: Socket,
  observer: () => Observer,
): Promise<void> {
  const request = await requestOf(client);
  const call = { host, name: request.name, objectIds: request.objectIds };
  const { asked, answered } = observer();
  const verdict = await asked(call);
  if (verdict === "cut") {
    client.destroy();
    return;
  }
  const agent = connectInside(stateDir, BEHIND);
  agent.on("error", () => client.destroy());
  // A provider that gave up is no longer waited for, as without a relay.
  client.once("close", () => verdict === "pass" && agent.destroy());
  agent.write(request.bytes);
  const answer: Buffer[] = [];
  agent.on("data", (chunk: Buffer) => answer.push(chunk));
  await once(agent, "end");
  await answered?.(call);
  if (verdict === "lose") client.destroy();
  else client.end(Buffer.concat(answer));
}

/** Each connection carries one request: the provider keeps none open to a local agent. */
async function requestOf(client: Socket): Promise<Omit<SeenCall, "host"> & { bytes: Buffer }> {
  const chunks: Buffer[] = [];
  for (;;) {
    const [chunk] = (await once(client, "data")) as [Buffer];
    chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) continue;
    const head = bytes.toString("latin1", 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const body = bytes.subarray(end + HEAD_END.length);
    if (body.length < length) continue;
    const [method = "", path = ""] = head.split(" ");
    const name = matchRoute(API, method, path)?.name as ApiCall;
    if (name !== "change") return { bytes, name, objectIds: [] };
    const { dryRun, puts } = changeRequest.parse(JSON.parse(body.toString()));
    return { bytes, name: dryRun ? "dry run" : name, objectIds: puts.map(({ object }) => object.id) };
  }
}
