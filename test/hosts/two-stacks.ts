import { join } from "node:path";
import { createAuthority, type Authority } from "../../scripts/demo/certificate-authority";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import { SITE_NAME } from "../e2e/site";
import { startBackend } from "../support/backend";
import type { ServingHosts } from "../support/end-state";
import { startHosts, type TestHosts } from "../support/hosts";
import { createPulumiProject, type PulumiProject } from "../support/pulumi-cli";
import { callAgent } from "./agent";

/** What programs/two-stacks.ts makes its resources of. */
export interface TwoStacksSettings {
  readonly hosts: Readonly<Record<string, SharedHost>>;
  readonly serverIp: string;
  readonly port: number;
  readonly sites: Readonly<Record<Stack, StackSite>>;
}

/** Logins are by reference: those by value stay in the stack that has them. */
interface SharedHost {
  readonly addresses: string[];
  readonly connection: { host: string; privateKeyFile: string; hostKey: string; perDialTimeout: number };
}

export type Stack = "test" | "other";

interface StackSite {
  readonly listenerPort: number;
  readonly cert: string;
  readonly key: string;
}

/** Stack "test" owns the load balancer; "other" is another stack of the same project. */
export interface TwoStacks {
  readonly hosts: TestHosts;
  readonly serving: ServingHosts;
  readonly project: PulumiProject;
  /** The next `up` of that stack renews its certificate; answers the new one. */
  readonly renew: (stack: Stack) => Promise<string>;
}

export const PORTS: Readonly<Record<Stack, number>> = { test: 443, other: 8_443 };
const DIAL_SECONDS = 3;

export async function createTwoStacks(names: readonly string[]): Promise<TwoStacks> {
  const hosts = await startHosts(names, { node: true });
  const project = await createPulumiProject("two-stacks", join(__dirname, "programs"));
  await project.run("stack", "init", "other");
  const authority = await createAuthority();
  const { port } = await startBackend("ECS01", hosts.gateway);
  const sites = { test: await siteOf("test", authority), other: await siteOf("other", authority) };
  const configure = (): void => {
    const settings: TwoStacksSettings = { hosts: declared(hosts), serverIp: hosts.gateway, port, sites };
    project.configure(settings);
  };
  configure();
  return {
    hosts,
    serving: servingOf(hosts, authority),
    project,
    renew: async (stack) => {
      sites[stack] = await siteOf(stack, authority);
      configure();
      return sites[stack].cert;
    },
  };
}

async function siteOf(stack: Stack, authority: Authority): Promise<StackSite> {
  const { chainPem: cert, keyPem: key } = await authority.issue({ names: [SITE_NAME] });
  return { listenerPort: PORTS[stack], cert, key };
}

function declared({ all, privateKeyFile }: TestHosts): Record<string, SharedHost> {
  return Object.fromEntries(
    all.map((host) => {
      const login = { privateKeyFile, hostKey: host.hostKey(), perDialTimeout: DIAL_SECONDS };
      return [host.name, { addresses: [host.address], connection: { host: host.address, ...login } }];
    }),
  );
}

function servingOf({ all }: TestHosts, { certPem }: Authority): ServingHosts {
  return {
    get servingHosts() {
      return all.map((host) => ({
        name: host.name,
        address: host.address,
        stateDir: host.path(HOST_LAYOUT.stateDir),
        document: () => callAgent(host, "document", {}),
      }));
    },
    listenerPorts: Object.values(PORTS),
    serverName: SITE_NAME,
    ca: certPem,
  };
}
