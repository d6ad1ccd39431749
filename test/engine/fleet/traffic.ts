import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { onCleanup } from "../../support/workspace";
import { HOSTS, NAME, type Fleet, type Host } from "./fleet";

const PAUSE_MILLISECONDS = 60;
const PATIENCE_MILLISECONDS = 10_000;

export interface Traffic {
  /** Ends it. Every visit that was not answered by the server itself is a failure. */
  readonly stop: () => Promise<{ readonly visits: number; readonly failures: readonly string[] }>;
}

/** One client a host, which visits the main site there again and again. */
export function startTraffic(fleet: Fleet): Traffic {
  let stopped = false;
  let visits = 0;
  const failures: string[] = [];
  const client = async (host: Host): Promise<void> => {
    while (!stopped) {
      await visit(fleet, host).catch((error: unknown) => failures.push(`${host}: ${String(error)}`));
      visits += 1;
      await sleep(PAUSE_MILLISECONDS);
    }
  };
  const clients = Promise.all(HOSTS.map(client));
  const stop = async (): ReturnType<Traffic["stop"]> => {
    stopped = true;
    await clients;
    return { visits, failures };
  };
  onCleanup(async () => {
    await stop();
  });
  return { stop };
}

async function visit(fleet: Fleet, host: Host): Promise<void> {
  const options = { host: fleet.address(host), port: fleet.ports.main, servername: NAME };
  const socket = connect({ ...options, ca: fleet.authority.certPem, timeout: PATIENCE_MILLISECONDS });
  socket.on("timeout", () => socket.destroy(new Error("no answer")));
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
  socket.write(`GET / HTTP/1.1\r\nhost: ${NAME}\r\nconnection: close\r\n\r\n`);
  await once(socket, "end");
  socket.destroy();
  if (!answer.endsWith("ECS01")) throw new Error(`answered ${JSON.stringify(answer)}`);
}
