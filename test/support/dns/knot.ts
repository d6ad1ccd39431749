import { programsMissing } from "./missing";
import {
  DIG,
  startPrimary,
  type DnsPrimary,
  type PrimaryKind,
  type PrimarySettings,
  type TsigKey,
} from "./primary";

const KNOT: PrimaryKind = {
  kind: "knot",
  program: "/usr/sbin/knotd",
  arguments: (file) => ["-c", file],
  serving: /server started/,
  configuration: ({ directory, address, port, zones, keys }) => `
server:
  rundir: "${directory}"
  listen: "${address}@${port}"
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: info
database:
  storage: "${directory}/journal"
key:
${keys.map(keyBlock).join("\n")}
acl:
  - id: update
    key: "${keys[0]?.name ?? ""}"
    action: [update, transfer]
  - id: transfer
    address: [127.0.0.1, "::1"]
    action: transfer
zone:
${zones.map((zone, at) => zoneBlock(directory, zone, at === 0)).join("\n")}
`,
};

function keyBlock({ name, algorithm, secret }: TsigKey): string {
  return `  - id: "${name}"\n    algorithm: ${algorithm}\n    secret: "${secret}"`;
}

function zoneBlock(directory: string, zone: string, updatable: boolean): string {
  return `  - domain: "${zone}"
    storage: "${directory}"
    file: "${zone}.zone"
    acl: [${updatable ? "update, transfer" : "transfer"}]`;
}

/** A real Knot DNS with one zone, until the test file ends. */
export function startKnot(settings: PrimarySettings = {}): Promise<DnsPrimary> {
  return startPrimary(KNOT, settings);
}

/** What is missing for it, for `describeUnless`. */
export function knotMissing(): string | null {
  return programsMissing({
    [KNOT.program]: "knot",
    "/usr/bin/knsupdate": "knot-dnsutils",
    [DIG]: "bind9-dnsutils",
  });
}
