import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { temporaryDirectory, trackProcess } from "../workspace";

export interface FloodSettings {
  readonly address: string;
  readonly port: number;
  /** What is asked for. */
  readonly names: readonly string[];
  readonly udpQueries: number;
  readonly tcpQueries: number;
  /** At once. */
  readonly tcpConnections: number;
  /** It ends after this time, however many queries are left. */
  readonly seconds: number;
}

export interface FloodCounts {
  readonly sent: number;
  readonly answered: number;
}

export interface Flood {
  readonly udp: FloodCounts;
  readonly tcp: FloodCounts;
}

/** Queries as fast as one process can send them. */
export async function flood(settings: FloodSettings): Promise<Flood> {
  const outfile = join(temporaryDirectory("flood"), "flood.cjs");
  await build({
    entryPoints: [join(__dirname, "flood-process.ts")],
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile,
  });
  const child = spawn(process.execPath, [outfile, JSON.stringify(settings)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  trackProcess(child);
  return JSON.parse(await text(child.stdout)) as Flood;
}
