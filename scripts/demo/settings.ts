import type { Backend } from "./backends";
import { DEMO } from "./paths";
import { capturePulumi } from "./stack";

/** The name that the root program serves. */
export const SITE_NAME = "www.example.test";
const ADDRESS = "127.0.0.1";

/** Where the demo's client has to go. */
export interface Site {
  readonly address: string;
  readonly listenerPort: number;
  readonly dnsPort: number;
}

/** What the program at the root is told; its ports have their defaults in Pulumi.yaml. */
export function writeSettings(backends: readonly Backend[]): void {
  const settings = {
    certificateFile: DEMO.certificate,
    keyFile: DEMO.key,
    stateDir: DEMO.agent,
    servers: JSON.stringify(backends.map(({ name, port }) => ({ serverId: name, serverIp: ADDRESS, port }))),
  };
  const known = readConfig();
  const changed = Object.entries(settings).filter(([key, value]) => known[key] !== value);
  if (changed.length === 0) return;
  capturePulumi([
    "config",
    "set-all",
    ...changed.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]),
  ]);
}

export function readSite(): Site {
  const config = readConfig();
  return {
    address: ADDRESS,
    listenerPort: Number(config["listenerPort"]),
    dnsPort: Number(config["dnsPort"]),
  };
}

function readConfig(): Readonly<Record<string, string | undefined>> {
  const values = JSON.parse(capturePulumi(["config", "--json"])) as Record<string, { value?: string }>;
  return Object.fromEntries(
    Object.entries(values).map(([key, { value }]) => [key.split(":")[1] ?? key, value]),
  );
}
