import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../free-port";
import { temporaryDirectory } from "../workspace";
import { Daemon } from "./daemon";
import { zoneFile, type ZoneText } from "./zone-file";

const run = promisify(execFile);

export const DIG = "/usr/bin/dig";

/** Bytes of a secret: as many as the hash has (RFC 8945 8). */
const SECRET_BYTES = {
  "hmac-sha1": 20,
  "hmac-sha224": 28,
  "hmac-sha256": 32,
  "hmac-sha384": 48,
  "hmac-sha512": 64,
} as const;

export type TsigAlgorithm = keyof typeof SECRET_BYTES;

export interface TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  /** Base64. */
  readonly secret: string;
}

export interface PrimarySettings {
  /** Default: "example.test". */
  readonly zone?: string;
  /** Lines of a zone file after SOA, NS and the name server's address; a TTL that is left out is 600. */
  readonly records?: readonly string[];
  /** Zones beside it that nobody may update. */
  readonly otherZones?: readonly ZoneText[];
  /** Default: "hmac-sha256". */
  readonly algorithm?: TsigAlgorithm;
  /** Default: "offload-test". */
  readonly keyName?: string;
  /** Keys that the server knows and that may not update the zone. */
  readonly otherKeys?: readonly TsigKey[];
  /** Of the loopback; default: "127.0.0.1". */
  readonly address?: string;
  /** Default: any free one. */
  readonly port?: number;
}

/** A real authoritative server on the loopback: one zone that takes updates signed with one key. */
export interface DnsPrimary {
  readonly kind: "bind" | "knot";
  readonly address: string;
  /** For UDP and TCP; the same after a restart. */
  readonly port: number;
  readonly zone: string;
  readonly key: TsigKey;
  /** What it wrote so far, restarts included. */
  log(): string;
  /** The zone as `dig` transfers it: "www.example.test. 600 IN A 192.0.2.1", one space between fields, SOA first. */
  records(): Promise<string[]>;
  stop(): Promise<void>;
  /** Stops it if it runs. The zone is as it was. */
  restart(): Promise<void>;
}

/** All that a server's configuration says. */
export interface PrimaryPlan {
  readonly directory: string;
  readonly address: string;
  readonly port: number;
  /** The first takes updates. Each one's file is `<name>.zone` in the directory. */
  readonly zones: readonly string[];
  /** The first may update. */
  readonly keys: readonly TsigKey[];
}

/** What one kind of server has of its own. */
export interface PrimaryKind {
  readonly kind: DnsPrimary["kind"];
  readonly program: string;
  readonly configuration: (plan: PrimaryPlan) => string;
  readonly arguments: (configurationFile: string) => readonly string[];
  /** In its log once it serves. */
  readonly serving: RegExp;
}

export function newKey(name: string, algorithm: TsigAlgorithm = "hmac-sha256"): TsigKey {
  return { name, algorithm, secret: randomBytes(SECRET_BYTES[algorithm]).toString("base64") };
}

export async function startPrimary(kind: PrimaryKind, settings: PrimarySettings): Promise<DnsPrimary> {
  const { zone = "example.test", records = [], otherZones = [], otherKeys = [] } = settings;
  const { address = "127.0.0.1", keyName = "offload-test", algorithm } = settings;
  const directory = temporaryDirectory(kind.kind);
  const zones = [{ zone, records }, ...otherZones];
  const key = newKey(keyName, algorithm);
  const port = settings.port ?? (await freePort());
  const plan = { directory, address, port, zones: zones.map((it) => it.zone), keys: [key, ...otherKeys] };

  const configurationFile = join(directory, "configuration");
  writeFileSync(configurationFile, kind.configuration(plan));
  for (const it of zones) writeFileSync(join(directory, `${it.zone}.zone`), zoneFile(it, address));
  mkdirSync(join(directory, "journal"));

  const daemon = new Daemon(directory, kind.program, kind.arguments(configurationFile), kind.serving);
  await daemon.start();
  return {
    ...{ kind: kind.kind, address, port, zone, key },
    log: () => daemon.log,
    records: () => transfer(address, port, zone),
    stop: () => daemon.stop(),
    restart: async () => {
      await daemon.stop();
      await daemon.start();
    },
  };
}

async function transfer(address: string, port: number, zone: string): Promise<string[]> {
  const server = [`@${address}`, "-p", String(port), "+tries=1", "+time=5"];
  const { stdout } = await run(DIG, [...server, "+noall", "+answer", zone, "AXFR"]);
  const lines = stdout.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  if (lines.length < 2) throw new Error(`no transfer of ${zone}: ${stdout}`);
  // The SOA stands at both ends of a transfer (RFC 5936 2.2).
  return lines.slice(0, -1).map((line) => line.split(/\s+/).join(" "));
}
