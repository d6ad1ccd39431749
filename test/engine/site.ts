import { once } from "node:events";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";
import type { SecurityPolicyId } from "tls-offload-agent/contract";
import { createAuthority, type Authority } from "../../scripts/demo/certificate-authority";
import { startBackend, type TestBackend } from "../support/backend";
import { MiniEngine, type MiniEngineOptions, type Program } from "../support/engine";
import { freePort } from "../support/free-port";
import { streamHandshakes, type HandshakeStream } from "../support/handshakes";
import { onCleanup, temporaryDirectory } from "../support/workspace";

export const SITE_NAME = "www.example.test";
/** The resources of the program by their usual names. */
export const RESOURCES = {
  web: "LoadBalancer",
  group: "ServerGroup",
  certificate: "Certificate",
  listener: "TcpSslListener",
  domain: "Domain",
  www: "CnameRecord",
} as const;
export type ResourceName = keyof typeof RESOURCES;

/** What one turn of the program declares. */
export interface Settings {
  readonly listenerPort: number;
  readonly cert: string;
  /** A secret by value, or a file whose content never reaches the state. */
  readonly key: string | { readonly file: string };
  readonly servers: readonly offload.ServerArgs[];
  readonly securityPolicyId: SecurityPolicyId;
  readonly idleTimeout: number;
  readonly withDns: boolean;
  readonly withListener: boolean;
  /** Where the record leads; null: to the listener. */
  readonly leadsTo: string | null;
  /** Seconds. */
  readonly ttl: number;
  /** Other names for Pulumi, by the usual names. */
  readonly names: Partial<Readonly<Record<ResourceName, string>>>;
  /** Whether Pulumi is told of the usual names, so that another one is no other resource. */
  readonly withAliases: boolean;
}

/** The seed scenario in the mini engine: a local agent of its own, two backends, a certificate authority. */
export class Site {
  private constructor(
    readonly engine: MiniEngine,
    readonly authority: Authority,
    readonly backends: readonly TestBackend[],
    readonly stateDir: string,
    readonly dnsPort: number,
    readonly settings: Settings,
  ) {}

  static async start({ env, ...options }: MiniEngineOptions = {}): Promise<Site> {
    const authority = await createAuthority();
    const issued = await authority.issue({ names: [SITE_NAME] });
    const backends = await Promise.all(["ECS01", "ECS02"].map((name) => startBackend(name)));
    const environment = { OFFLOAD_SKIP_WAITS: "1", ...env };
    const engine = new MiniEngine({ keepProvider: true, env: environment, ...options });
    onCleanup(() => engine.stop());
    return new Site(
      engine,
      authority,
      backends,
      join(temporaryDirectory("site"), "agent"),
      await freePort(),
      {
        listenerPort: await freePort(),
        cert: issued.chainPem,
        key: issued.keyPem,
        servers: backends.map(({ name, port }) => ({ serverId: name, serverIp: "127.0.0.1", port })),
        securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
        idleTimeout: 900,
        withDns: true,
        withListener: true,
        leadsTo: null,
        ttl: 600,
        names: {},
        withAliases: false,
      },
    );
  }

  program(changes: Partial<Settings> = {}): Program {
    const settings = { ...this.settings, ...changes };
    const named = (name: ResourceName): string => settings.names[name] ?? name;
    const options = (name: ResourceName): pulumi.CustomResourceOptions =>
      settings.withAliases ? { aliases: [{ name }] } : {};
    return () => {
      const loadBalancer = new offload.LoadBalancer(
        named("web"),
        {
          loadBalancerName: "web",
          hosts: { here: { addresses: ["127.0.0.1"], local: { stateDir: this.stateDir } } },
          dnsName: "web.lb.example.test",
          dnsListen: { addresses: ["127.0.0.1"], port: this.dnsPort },
        },
        options("web"),
      );
      const serverGroup = new offload.ServerGroup(
        named("group"),
        {
          loadBalancer,
          serverGroupName: "web",
          servers: [...settings.servers],
          healthCheck: { healthCheckInterval: 1, healthCheckConnectTimeout: 1 },
        },
        options("group"),
      );
      const certificate = new offload.Certificate(
        named("certificate"),
        {
          loadBalancer,
          certificateName: "www",
          cert: settings.cert,
          ...(typeof settings.key === "string"
            ? { key: pulumi.secret(settings.key) }
            : { keyFile: settings.key.file }),
        },
        options("certificate"),
      );
      const fingerprint = certificate.fingerprintSha256;
      const listener = settings.withListener
        ? new offload.TcpSslListener(
            named("listener"),
            {
              loadBalancer,
              listenerPort: settings.listenerPort,
              certificateIds: [certificate.id],
              securityPolicyId: settings.securityPolicyId,
              serverGroupId: serverGroup.id,
              idleTimeout: settings.idleTimeout,
            },
            options("listener"),
          )
        : null;
      const value = settings.leadsTo ?? listener?.dnsName;
      if (!settings.withDns || value === undefined) return { fingerprint };
      const domainName = new offload.Domain(
        named("domain"),
        {
          domainName: "example.test",
          dns: { embedded: { loadBalancer } },
        },
        options("domain"),
      );
      new offload.CnameRecord(
        named("www"),
        { domainName, rr: "www", value, ttl: settings.ttl },
        options("www"),
      );
      const { scheduler } = serverGroup;
      const cps = listener?.cps;
      const { timeoutSeconds } = loadBalancer;
      return { fingerprint, defaults: { scheduler, cps, timeoutSeconds } };
    };
  }

  /** The names of the backends that answered that many visits, each on a connection of its own. */
  async visit(times: number, port = this.settings.listenerPort): Promise<string[]> {
    const answers: string[] = [];
    for (let visit = 0; visit < times; visit += 1) answers.push(await this.#visitOnce(port));
    return answers;
  }

  handshakes(port = this.settings.listenerPort): HandshakeStream {
    return streamHandshakes(this.clientOptions(port));
  }

  clientOptions(port = this.settings.listenerPort): {
    host: string;
    port: number;
    servername: string;
    ca: string;
  } {
    return { host: "127.0.0.1", port, servername: SITE_NAME, ca: this.authority.certPem };
  }

  async servedCertificate(port = this.settings.listenerPort): Promise<PeerCertificate> {
    const socket = connect(this.clientOptions(port));
    await once(socket, "secureConnect");
    const certificate = socket.getPeerCertificate();
    socket.destroy();
    return certificate;
  }

  async #visitOnce(port: number): Promise<string> {
    const socket = connect(this.clientOptions(port));
    await once(socket, "secureConnect");
    socket.write(`GET / HTTP/1.1\r\nhost: ${SITE_NAME}\r\nconnection: close\r\n\r\n`);
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    await once(socket, "end");
    socket.destroy();
    return answer.split("\r\n\r\n")[1] ?? "";
  }
}
