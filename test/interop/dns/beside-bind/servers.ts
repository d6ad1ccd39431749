import { startBind } from "../../../support/dns";
import { askTcp, UdpClient } from "../../../support/dns/ask";
import { DnsProcess, type Endpoint } from "../../../blackbox/dns/dns-process";
import { viewOf, type View } from "./view";
import { ZONES, zoneFileLines } from "./zones";

/** The embedded server and BIND, with the same zones. */
export interface Servers {
  readonly ours: Server;
  readonly bind: Server;
}

export class Server {
  readonly #udp: UdpClient;

  constructor(private readonly endpoint: Endpoint) {
    this.#udp = UdpClient.open(endpoint);
  }

  /** null: no response. */
  async ask(packet: Buffer, transport: "udp" | "tcp" = "udp"): Promise<View | null> {
    return viewOf(await (transport === "tcp" ? askTcp(this.endpoint, packet) : this.#udp.ask(packet)));
  }
}

export async function startServers(): Promise<Servers> {
  const [first, ...others] = ZONES.map((zone) => ({ zone: zone.name, records: zoneFileLines(zone) }));
  const bind = await startBind({ ...first, otherZones: others });
  const dns = await DnsProcess.start();
  await dns.apply([{ address: "127.0.0.1", port: 0 }], ZONES);
  return { bind: new Server(bind), ours: new Server(await dns.endpoint()) };
}
