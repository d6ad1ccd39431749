import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { STATE_FILES } from "../../../proxy-agent/contract/api";
import {
  DNS_API,
  type DnsConfiguration,
  type DnsZone,
  type dnsConfiguration,
} from "../../../proxy-agent/dns/interface";
import { callApi } from "../../../proxy-agent/http/client";
import { bundleAgent } from "../../support/bundle";
import { until } from "../../support/until";
import { onCleanup, temporaryDirectory, trackProcess } from "../../support/workspace";

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The real DNS process in a process of its own, driven through its socket as control drives it. */
export class DnsProcess {
  private constructor(
    readonly stateDir: string,
    readonly child: ChildProcess,
  ) {}

  static async start(): Promise<DnsProcess> {
    const stateDir = temporaryDirectory("dns");
    const bundle = await bundleAgent(stateDir);
    const child = spawn(process.execPath, [bundle, "dns", "--state-dir", stateDir], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    trackProcess(child);
    onCleanup(async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    });
    const dns = new DnsProcess(stateDir, child);
    await until("the DNS process answers", async () => (await dns.observe()).generation >= 0);
    return dns;
  }

  /** Empty: it had nothing to say, and so has not even made its log file. */
  logged(): string {
    const file = join(this.stateDir, STATE_FILES.logs, "dns.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
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
