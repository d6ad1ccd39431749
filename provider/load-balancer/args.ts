import type { Input } from "@pulumi/pulumi";
import type { Target } from "../resource/hidden-input";
import type { Rfc2136Args } from "../zone/args";
import type { ConnectionArgs } from "./connection-args";
import type { LoadBalancer } from "./resource";

/** An agent on the machine that runs Pulumi. */
export interface LocalArgs {
  /**
   * Where the agent keeps its state. Default: `$XDG_STATE_HOME` or `~/.local/state`, then
   * `tls-offload/<load balancer's id>/<host's name>`. Relative paths count from the program's directory.
   */
  stateDir?: Input<string> | undefined;
}

/** What every host has, however it is reached. */
interface HostBase {
  /**
   * The host's outside IPv4 and IPv6 addresses, at least one: what the load balancer's name resolves to, and
   * what is verified after each change. Their order means nothing.
   */
  addresses: Input<Input<string>[]>;
  /** The addresses to bind, where they differ from `addresses` (behind NAT, say). Default: `addresses`. */
  bindAddresses?: Input<Input<string>[]> | undefined;
  /** `Active` (default), or `Maintenance`: out of DNS, and skipped by changes with a warning. */
  status?: Input<"Active" | "Maintenance"> | undefined;
}

/** A machine that is reached over SSH. */
export interface SshHostArgs extends HostBase {
  /** How to log in. The agent is installed there by the user that logs in: root, or one that may use sudo. */
  connection: Input<ConnectionArgs>;
  local?: undefined;
}

/** The machine that runs Pulumi. */
export interface LocalHostArgs extends HostBase {
  /** The agent runs on the machine that runs Pulumi. */
  local: LocalArgs;
  connection?: undefined;
}

/** One machine that serves the load balancer's traffic: over SSH (`connection`) or here (`local`). */
export type HostArgs = SshHostArgs | LocalHostArgs;

/** Where the embedded DNS server of each host listens, UDP and TCP. */
export interface DnsListenArgs {
  /** Addresses to bind. Default: the host's bindAddresses. */
  addresses?: Input<Input<string>[]> | undefined;
  /** 1 to 65535, default 53. Ports below 1024 need a privilege. */
  port?: Input<number> | undefined;
  /**
   * The parent zone delegates to the hosts, so that the whole internet asks them: each is a name server of its own
   * name, and the output `delegation` has the records for the parent zone. Takes two hosts and port 53. Default false,
   * which refuses to listen on an address that the whole internet reaches. docs/operating.md says how.
   */
  public?: Input<boolean> | undefined;
}

export interface LoadBalancerArgs {
  /** A label, 2 to 128 characters. Default: the resource's name. */
  loadBalancerName?: Input<string> | undefined;
  /**
   * The hosts by name (letters, digits and `_ . -`, 63 at most). The names are part of the program, not outputs.
   * A host belongs to one load balancer.
   */
  hosts: Record<string, HostArgs>;
  /** The name that CNAMEs point at. Default: `<load balancer's id>.lb.internal`. */
  dnsName?: Input<string> | undefined;
  /**
   * A zone of yours in which `dnsName` is published too, or alone: its A and AAAA records lead to the hosts that were
   * verified, as of the last `pulumi up`. Default: none.
   */
  dns?: { rfc2136: Rfc2136Args } | undefined;
  /**
   * With `dns`: takes over what another owner, or a person, has at `dnsName` there, instead of refusing it. It then leads
   * nowhere until the first listener was verified. Default false.
   */
  adopt?: Input<boolean> | undefined;
  /** The embedded DNS server. Default: none. */
  dnsListen?: DnsListenArgs | undefined;
  /** `builtin` (default): node:tls, a worker for each core. */
  dataPlane?: Input<"builtin"> | undefined;
  /**
   * From where a change is verified by real TLS handshakes: `deployer` (default: the machine that runs Pulumi),
   * `host` (the host itself), or `none`.
   */
  verify?: Input<"deployer" | "host" | "none"> | undefined;
  /** How long one operation on the hosts may take, seconds, 5 to 3600, default 300. */
  timeoutSeconds?: Input<number> | undefined;
}

/**
 * A load balancer as another stack knows it: what `lb.handle` holds. Without secrets that were given by value: that
 * stack logs in by what is given by reference, or by OFFLOAD_SSH_* in its environment.
 */
export type LoadBalancerHandle = Target;

/** The LoadBalancer itself, or its handle from another stack (through a StackReference). */
export type LoadBalancerReference = LoadBalancer | Input<LoadBalancerHandle>;
