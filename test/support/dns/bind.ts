import { programsMissing } from "./missing";
import {
  DIG,
  startPrimary,
  type DnsPrimary,
  type PrimaryKind,
  type PrimarySettings,
  type TsigKey,
} from "./primary";

const BIND: PrimaryKind = {
  kind: "bind",
  program: "/usr/sbin/named",
  arguments: (file) => ["-g", "-n", "1", "-c", file],
  serving: / running\n/,
  configuration: ({ directory, address, port, zones, keys }) => `
${keys.map(keyBlock).join("\n")}
controls { };
options {
  directory "${directory}";
  pid-file none;
  lock-file none;
  session-keyfile none;
  listen-on port ${port} { ${address.includes(":") ? "none" : address}; };
  listen-on-v6 port ${port} { ${address.includes(":") ? address : "none"}; };
  recursion no;
  dnssec-validation no;
  notify no;
  minimal-responses yes;
  allow-transfer { 127.0.0.1; ::1; };
};
${zones.map((zone, at) => zoneBlock(zone, at === 0 ? keys[0]?.name : undefined)).join("\n")}
`,
};

function keyBlock({ name, algorithm, secret }: TsigKey): string {
  return `key "${name}" { algorithm ${algorithm}; secret "${secret}"; };`;
}

function zoneBlock(zone: string, updater: string | undefined): string {
  const update = updater === undefined ? "none;" : `key "${updater}";`;
  return `zone "${zone}" { type primary; file "${zone}.zone"; allow-update { ${update} }; };`;
}

/** A real BIND 9 with one zone, until the test file ends. */
export function startBind(settings: PrimarySettings = {}): Promise<DnsPrimary> {
  return startPrimary(BIND, settings);
}

/** What is missing for it, for `describeUnless`. */
export function bindMissing(): string | null {
  return programsMissing({ [BIND.program]: "bind9", [DIG]: "bind9-dnsutils" });
}
