import { defineErrors } from "./define";

/** What goes wrong between the machine that runs Pulumi and a host that is reached over SSH. */
export const sshErrors = defineErrors({
  SSH_UNREACHABLE: {
    status: 503,
    problem: "no SSH connection to {address} port {port}: {detail}",
    remedy: "Look whether the machine is up, its sshd listens there, and no firewall is in between",
    cause: "The machine is off, not yet booted, or not reachable from where Pulumi runs.",
  },
});
