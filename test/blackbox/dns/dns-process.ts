import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "esbuild";
import type { z } from "zod";
import { STATE_FILES } from "../../../proxy-agent/contract/api";
import {
  DNS_API,
  type DnsConfiguration,
  type DnsZone,
  type dnsConfiguration,
} from "../../../proxy-agent/dns/interface";
import { callApi } from "../../../proxy-agent/http/client";
import { onCleanup, temporaryDirectory, trackProcess } from "../../support/workspace";

const ROOT = join(__dirname, "../../..");

const ENTRY = `
  import { runDns } from "./proxy-agent/dns/main";
  import { createLogger, toStderr } from "./proxy-agent/process/log";
  runDns({ stateDir: process.argv[2], log: createLogger("dns", toStderr) }).then(() => console.log("ready"));
`;

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The real DNS process in a process of its own, driven through its socket as control drives it. */
export class DnsProcess {
  private constructor(
    readonly stateDir: string,
    readonly child: ChildProcess,
    readonly logged: () => string,
  ) {}

  static async start(): Promise<DnsProcess> {
    const stateDir = temporaryDirectory("dns");
    const outfile = join(stateDir, "dns.cjs");
    await build({
      stdin: { contents: ENTRY, resolveDir: ROOT, loader: "ts" },
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      logLevel: "error",
      outfile,
    });
    const child = spawn(process.execPath, [outfile, stateDir], { stdio: ["ignore", "pipe", "pipe"] });
    trackProcess(child);
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    onCleanup(async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    });
    await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => Promise.reject(new Error(`the DNS process ended: ${log}`))),
    ]);
    return new DnsProcess(stateDir, child, () => log);
  }

  async apply(
    endpoints: readonly Endpoint[],
    zones: readonly DnsZone[],
    { generation = 1, strict = true } = {},
  ): Promise<z.output<typeof DNS_API.apply.answer>> {
    const request = { configuration: this.#configuration(endpoints, zones, generation), strict };
    return callApi({
      table: DNS_API,
      name: "apply",
      stateDir: this.stateDir,
      socket: STATE_FILES.dnsSocket,
      request,
    });
  }

  async validate(endpoints: readonly Endpoint[]): Promise<z.output<typeof DNS_API.validate.answer>> {
    const request = { configuration: this.#configuration(endpoints, [], 1) };
    return callApi({
      table: DNS_API,
      name: "validate",
      stateDir: this.stateDir,
      socket: STATE_FILES.dnsSocket,
      request,
    });
  }

  async observe(): Promise<z.output<typeof DNS_API.observe.answer>> {
    return callApi({
      table: DNS_API,
      name: "observe",
      stateDir: this.stateDir,
      socket: STATE_FILES.dnsSocket,
      request: {},
    });
  }

  async counters(): Promise<Record<string, number>> {
    return callApi({
      table: DNS_API,
      name: "counters",
      stateDir: this.stateDir,
      socket: STATE_FILES.dnsSocket,
      request: {},
    });
  }

  /** The first real endpoint. */
  async endpoint(): Promise<Endpoint> {
    const [bound] = (await this.observe()).bound;
    if (bound === undefined) {
      throw new Error("the DNS process listens nowhere");
    }
    return bound;
  }

  #configuration(
    endpoints: readonly Endpoint[],
    zones: readonly DnsZone[],
    generation: number,
  ): z.input<typeof dnsConfiguration> & DnsConfiguration {
    return { generation, endpoints: [...endpoints], zones: [...zones] };
  }
}
