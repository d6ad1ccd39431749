import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** A machine that somebody owns: Debian with systemd, reached over SSH as root. */
export interface Machine {
  readonly address: string;
  /** A line of its /etc/ssh/ssh_host_ed25519_key.pub: "ssh-ed25519 AAAA...". */
  readonly hostKey: string;
}

const settings = new pulumi.Config();

/** Name to machine, from the stack's settings. */
export function machines(setting: string): [string, Machine][] {
  return Object.entries(settings.requireObject<Record<string, Machine>>(setting));
}

/** How a machine is reached: one object for @pulumi/command and for the load balancer. */
export function connectionTo({ address, hostKey }: Machine): types.input.remote.ConnectionArgs {
  return { host: address, hostKey, user: "root", privateKey: settings.requireSecret("privateKey") };
}
