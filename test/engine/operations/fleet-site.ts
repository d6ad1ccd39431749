import { once } from "node:events";
import { join } from "node:path";
import { connect } from "node:tls";
import * as offload from "pulumi-tls-offload";
import { OffloadError } from "tls-offload-agent/contract";
import { resolveThrough } from "../../../provider/dns/resolve";
import { withAddresses } from "../../../provider/fleet/publish";
import { localClient } from "../../../provider/transport/local/client";
import { createAuthority, type Authority } from "../../../scripts/demo/certificate-authority";
import { startBackend } from "../../support/backend";
import { DNS_PORT } from "../../support/dns/dns-port";
import { MiniEngine, type Program } from "../../support/engine";
import { freePort } from "../../support/free-port";
import { streamHandshakes, type HandshakeStream } from "../../support/handshakes";
import { onCleanup, temporaryDirectory } from "../../support/workspace";

const NAME = "www.example.test";

export interface FleetHost {
  readonly bind: string;
  /** Default: where it binds. */
  readonly outside?: string;
  readonly status?: "Active" | "Maintenance";
  /** Default: this machine, with a state directory of its own. */
  readonly connection?: offload.ConnectionArgs;
}

/** What one turn of the program declares. */
export interface FleetSettings {
  readonly hosts: Readonly<Record<string, FleetHost>>;
  readonly cert: string;
  readonly key: string;
  /** In place of `key`. */
  readonly keyFile?: string;
  readonly servers: readonly offload.ServerArgs[];
  readonly requireHealthyBackend: boolean | undefined;
  readonly withListener: boolean;
  readonly loadBalancerName?: string;
  readonly timeoutSeconds?: number;
  readonly draining: Pick<offload.ServerGroupArgs, "connectionDrainEnabled" | "connectionDrainTimeout">;
}

export interface FleetOptions {
  /** Default true: one provider process for all deployments. */
  readonly keepProvider?: boolean;
  /** Default false: the hosts serve no DNS. "public": each is a name server, on port 53. */
  readonly withDns?: boolean | "public";
}

/** A load balancer over several agents of this machine, each on a loopback address of its own. */
export class FleetSite {
  private constructor(
    readonly engine: MiniEngine,
    readonly authority: Authority,
    readonly directory: string,
    readonly port: number,
    readonly dnsPort: number | null,
    readonly settings: FleetSettings,
  ) {}

  static async start(
    hosts: FleetSettings["hosts"],
    env: Readonly<Record<string, string>> = {},
    { keepProvider = true, withDns = false }: FleetOptions = {},
  ): Promise<FleetSite> {
    const authority = await createAuthority();
    const { chainPem: cert, keyPem: key } = await authority.issue({ names: [NAME] });
    const backend = await startBackend("ECS01");
    const engine = new MiniEngine({ keepProvider, env: { OFFLOAD_SKIP_WAITS: "1", ...env } });
    const directory = temporaryDirectory("fleet");
    onCleanup(() => engine.stop());
    const dnsPort = withDns === "public" ? DNS_PORT : withDns ? await freePort() : null;
    return new FleetSite(engine, authority, directory, await freePort(), dnsPort, {
      hosts,
      cert,
      key,
      servers: [{ serverId: "ECS01", serverIp: "127.0.0.1", port: backend.port }],
      requireHealthyBackend: undefined,
      withListener: true,
      draining: {},
    });
  }

  stateDir(host: string): string {
    return join(this.directory, host);
  }

  /** A certificate that differs from the one before: its settings. */
  async renewed(): Promise<Pick<FleetSettings, "cert" | "key">> {
    const { chainPem, keyPem } = await this.authority.issue({ names: [NAME] });
    return { cert: chainPem, key: keyPem };
  }

  program(changes: Partial<FleetSettings> = {}): Program {
    const settings = { ...this.settings, ...changes };
    return () => {
      const hosts = Object.entries(settings.hosts).map(
        ([name, { bind, outside = bind, status = "Active", connection }]) => {
          const way =
            connection === undefined ? { local: { stateDir: this.stateDir(name) } } : { connection };
          return [name, { addresses: [outside], bindAddresses: [bind], status, ...way }];
        },
      );
      const loadBalancer = new offload.LoadBalancer("web", {
        loadBalancerName: settings.loadBalancerName,
        timeoutSeconds: settings.timeoutSeconds,
        hosts: Object.fromEntries(hosts) as offload.LoadBalancerArgs["hosts"],
        ...(this.dnsPort === null
          ? {}
          : { dnsListen: { port: this.dnsPort, public: this.dnsPort === DNS_PORT } }),
      });
      const serverGroup = new offload.ServerGroup("group", {
        loadBalancer,
        servers: [...settings.servers],
        ...settings.draining,
        healthCheck: { healthCheckInterval: 1, healthCheckConnectTimeout: 1 },
      });
      const certificate = new offload.Certificate("certificate", {
        loadBalancer,
        cert: settings.cert,
        ...(settings.keyFile === undefined ? { key: settings.key } : { keyFile: settings.keyFile }),
      });
      if (!settings.withListener) return;
      new offload.TcpSslListener("listener", {
        loadBalancer,
        listenerPort: this.port,
        certificateIds: [certificate.id],
        securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
        serverGroupId: serverGroup.id,
        requireHealthyBackend: settings.requireHealthyBackend,
      });
    };
  }

  /** To which addresses the load balancer's name leads, by the DNS server at that address; none: []. */
  async namedAt(address: string): Promise<readonly string[]> {
    const servers = [{ address, port: this.dnsPort ?? 0 }];
    const resolving = resolveThrough({ servers, name: "test-project-test-stack-web.lb.internal" });
    const { addresses } = await resolving.catch((error: unknown) => {
      if (error instanceof OffloadError && error.code === "DNS_NOT_RESOLVED") return { addresses: [] };
      throw error;
    });
    return [...addresses].sort();
  }

  /** Behind Pulumi's back. */
  async publishOn(host: string, addresses: readonly string[]): Promise<void> {
    const agent = localClient(host, this.stateDir(host));
    const { confirmed } = await agent.call("document", {});
    const { puts } = withAddresses("test-project-test-stack-web", confirmed, addresses);
    await agent.call("change", {
      holder: "test",
      expectedGeneration: null,
      dryRun: false,
      confirmWithinSeconds: null,
      waitSeconds: 5,
      puts: [...puts],
      deletes: [],
    });
  }

  handshakes(address: string): HandshakeStream {
    return streamHandshakes({
      host: address,
      port: this.port,
      servername: NAME,
      ca: this.authority.certPem,
    });
  }

  /** Hexadecimal, lower case. */
  async fingerprintAt(address: string): Promise<string> {
    const options = { host: address, port: this.port, servername: NAME, ca: this.authority.certPem };
    const socket = connect(options);
    await once(socket, "secureConnect");
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256.replaceAll(":", "").toLowerCase();
  }
}
