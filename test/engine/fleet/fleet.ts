import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as offload from "pulumi-tls-offload";
import { API, STATE_FILES, type DocumentAnswer } from "../../../proxy-agent/contract";
import { callApi } from "../../../proxy-agent/http/client";
import { livingPid } from "../../../proxy-agent/process/pid-record";
import type { Role } from "../../../proxy-agent/process/role-lock";
import { createAuthority, type Authority } from "../../../scripts/demo/certificate-authority";
import { startBackend } from "../../support/backend";
import { MiniEngine, type Program } from "../../support/engine";
import type { ServingHost, ServingHosts } from "../../support/end-state";
import { freePort } from "../../support/free-port";
import { until } from "../../support/until";
import { onCleanup, temporaryDirectory } from "../../support/workspace";
import { Relay, type Observer } from "./relay";

export const NAME = "www.example.test";
export const HOSTS = ["edge-a", "edge-b", "edge-c"] as const;
export type Host = (typeof HOSTS)[number];
/** How long a host keeps an unconfirmed change of a provider that was killed, instead of 15 s. */
const UNHEARD_SECONDS = 4;

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** What one turn of a program declares. */
export interface Wish {
  readonly pair: Pair;
  /** Of ECS01. */
  readonly weight?: number;
  /** Default: where ECS01 listens. */
  readonly backendPort?: number;
  /** A server group, a certificate and a listener more. */
  readonly extra?: Pair;
  /** Where a host is verified, if not where it binds. */
  readonly outside?: Partial<Record<Host, string>>;
  readonly requireHealthyBackend?: boolean;
  /** Seconds. */
  readonly timeoutSeconds?: number;
}

const PASS: Observer = { asked: () => "pass" };

/** One load balancer on three agents of this machine, each on a loopback address of its own: 127.0.<net>.x. */
export class Fleet implements ServingHosts<Host> {
  readonly serverName = NAME;
  observer: Observer = PASS;
  #relays: Relay[] = [];

  private constructor(
    readonly engine: MiniEngine,
    readonly authority: Authority,
    readonly directory: string,
    readonly ports: { readonly main: number; readonly extra: number },
    readonly backendPort: number,
    private readonly net: number,
  ) {}

  static async start(net: number): Promise<Fleet> {
    const authority = await createAuthority();
    const { port: backendPort } = await startBackend("ECS01");
    const directory = temporaryDirectory("fleet");
    const engine = engineOf("main");
    const ports = { main: await freePort(), extra: await freePort() };
    const fleet = new Fleet(engine, authority, directory, ports, backendPort, net);
    onCleanup(() => fleet.passThrough());
    return fleet;
  }

  /** Another program, with a provider process of its own. */
  anotherEngine(stack: string): MiniEngine {
    return engineOf(stack);
  }

  address(host: Host): string {
    return `127.0.${this.net}.${HOSTS.indexOf(host) + 1}`;
  }

  stateDir(host: Host): string {
    return join(this.directory, host);
  }

  get servingHosts(): ServingHost<Host>[] {
    return HOSTS.map((name) => ({
      name,
      address: this.address(name),
      stateDir: this.stateDir(name),
      document: () => this.documentOf(name),
    }));
  }

  get listenerPorts(): number[] {
    return Object.values(this.ports);
  }

  get ca(): string {
    return this.authority.certPem;
  }

  async pair(): Promise<Pair> {
    const { chainPem, keyPem } = await this.authority.issue({ names: [NAME] });
    return { cert: chainPem, key: keyPem };
  }

  program(wish: Wish): Program {
    const { pair, extra, outside = {}, timeoutSeconds = 60 } = wish;
    return () => {
      const hosts = HOSTS.map((host) => {
        const address = this.address(host);
        const addresses = [outside[host] ?? address];
        return [host, { addresses, bindAddresses: [address], local: { stateDir: this.stateDir(host) } }];
      });
      const loadBalancer = new offload.LoadBalancer("web", {
        hosts: Object.fromEntries(hosts) as offload.LoadBalancerArgs["hosts"],
        timeoutSeconds,
      });
      this.declare("main", loadBalancer, { ...wish, pair });
      if (extra !== undefined) this.declare("extra", loadBalancer, { pair: extra });
      return { handle: loadBalancer.handle };
    };
  }

  /** Group, certificate and listener of one site on the load balancer. */
  declare(
    site: "main" | "extra",
    loadBalancer: offload.LoadBalancerReference,
    { pair, weight = 100, backendPort = this.backendPort, requireHealthyBackend }: Wish,
  ): void {
    const server = { serverId: "ECS01", serverIp: "127.0.0.1", port: backendPort, weight };
    const group = new offload.ServerGroup(`${site}-group`, {
      loadBalancer,
      servers: [server],
      healthCheck: { healthCheckInterval: 1, healthCheckConnectTimeout: 1 },
    });
    const certificate = new offload.Certificate(`${site}-certificate`, { loadBalancer, ...pair });
    new offload.TcpSslListener(`${site}-listener`, {
      loadBalancer,
      listenerPort: this.ports[site],
      certificateIds: [certificate.id],
      securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
      serverGroupId: group.id,
      requireHealthyBackend,
    });
  }

  /** From now on `observer` sees each call of the provider to the agents. */
  async listenIn(hosts: readonly Host[] = HOSTS): Promise<void> {
    await this.passThrough();
    this.#relays = await Promise.all(
      hosts.map((host) => Relay.attach(host, this.stateDir(host), () => this.observer)),
    );
  }

  async passThrough(): Promise<void> {
    this.observer = PASS;
    const relays = this.#relays;
    this.#relays = [];
    await Promise.all(relays.map((relay) => relay.detach()));
  }

  /** SIGKILL, and no provider process until the next deployment. */
  async killProvider(): Promise<void> {
    const pid = this.engine.providerPid;
    if (pid !== null) process.kill(pid, "SIGKILL");
    await until("the provider is gone", () => pid === null || !isAlive(pid));
  }

  signal(host: Host, role: Role, signal: NodeJS.Signals): void {
    const pid = livingPid(this.stateDir(host), role);
    if (pid === undefined) throw new Error(`${host} has no ${role}`);
    process.kill(pid, signal);
  }

  /** Past any relay that a restarted agent has not removed. */
  async documentOf(host: Host): Promise<DocumentAnswer> {
    const observer = this.observer;
    this.observer = PASS;
    const call = { stateDir: this.stateDir(host), socket: STATE_FILES.controlSocket };
    return callApi({ ...call, table: API, name: "document", request: {} }).finally(() => {
      this.observer = observer;
    });
  }
}

function engineOf(stack: string): MiniEngine {
  const env = { TLS_OFFLOAD_UNHEARD_SECONDS: String(UNHEARD_SECONDS) };
  const engine = new MiniEngine({ project: "shop", stack, keepProvider: true, env });
  onCleanup(() => engine.stop());
  return engine;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
