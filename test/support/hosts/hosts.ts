import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onCleanup, temporaryDirectory } from "../workspace";
import { TestHost } from "./host";
import { HOST_LIMITS } from "./limits";
import { firstLine } from "./machine";
import { sharedRoot, type SharedRoot } from "./root";

const HOSTS_PER_NETWORK = 16;

export interface HostOptions {
  /** Default false: the host has no Node. True: the one that runs the tests. */
  readonly node?: boolean;
}

/** Hosts that share a network and a key. */
export interface TestHosts {
  readonly all: readonly TestHost[];
  readonly host: (name: string) => TestHost;
  /** This machine's address on their network. */
  readonly gateway: string;
  /** The text of the private key (OpenSSH's format) that all users of all hosts take, and its file. */
  readonly privateKey: string;
  readonly privateKeyFile: string;
  readonly publicKey: string;
  /** Boots one more. */
  readonly add: (name: string, options?: HostOptions) => Promise<TestHost>;
}

/** Boots hosts of these names (up to 9 characters each). They end with the test file. */
export async function startHosts(names: readonly string[], options: HostOptions = {}): Promise<TestHosts> {
  const set = await HostSet.create();
  await Promise.all(names.map((name) => set.add(name, options)));
  return set;
}

class HostSet implements TestHosts {
  readonly all: TestHost[] = [];
  readonly password = randomBytes(12).toString("hex");
  readonly publicKey: string;
  readonly privateKey: string;
  readonly privateKeyFile: string;
  #addresses = 1;

  private constructor(
    private readonly directory: string,
    private readonly shared: SharedRoot,
    private readonly bridge: string,
    private readonly number: number,
  ) {
    this.privateKeyFile = join(directory, "id_ed25519");
    const comment = ["-N", "", "-C", "deployer"];
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", ...comment, "-f", this.privateKeyFile]);
    this.privateKey = readFileSync(this.privateKeyFile, "utf8");
    this.publicKey = readFileSync(`${this.privateKeyFile}.pub`, "utf8").trim();
  }

  static async create(): Promise<HostSet> {
    const shared = await sharedRoot();
    const directory = temporaryDirectory("hosts");
    const network = spawn("sh", [join(__dirname, "network.sh")], {
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
    onCleanup(() => endNetwork(network));
    const [bridge = "", number = ""] = (await firstLine(network)).split(" ");
    return new HostSet(directory, shared, bridge, Number(number));
  }

  get gateway(): string {
    return this.#address(1);
  }

  host(name: string): TestHost {
    const found = this.all.find((host) => host.name === name);
    if (found === undefined) throw new Error(`There is no host ${name}`);
    return found;
  }

  async add(name: string, { node = false }: HostOptions = {}): Promise<TestHost> {
    if (this.all.length >= HOST_LIMITS.hosts) throw new Error(`No more than ${HOST_LIMITS.hosts} hosts`);
    const directory = join(this.directory, name);
    mkdirSync(join(directory, "disk"), { recursive: true });
    writeFileSync(join(directory, "authorized_keys"), `${this.publicKey}\n`);
    writeFileSync(join(directory, "passwords"), `deploy:${this.password}\n`);
    this.#addresses += 1;
    const address = this.#address(this.#addresses);
    const layers = node ? `${this.shared.node}:${this.shared.root}` : this.shared.root;
    const { bridge, privateKey, password } = this;
    const host = new TestHost({ name, address, directory, bridge, layers, privateKey, password });
    this.all.push(host);
    this.all.sort((left, right) => (left.name < right.name ? -1 : 1));
    onCleanup(() => host.end());
    await host.start();
    return host;
  }

  #address(number: number): string {
    return `169.254.77.${this.number * HOSTS_PER_NETWORK + number}`;
  }
}

async function endNetwork(network: ChildProcess): Promise<void> {
  const exited = network.exitCode === null ? once(network, "exit") : undefined;
  network.stdin?.end();
  await exited;
}
