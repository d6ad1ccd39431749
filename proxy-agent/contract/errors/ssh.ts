import { defineErrors } from "./define";
import { WITHOUT_THE_HOST } from "./without-the-host";

/** What goes wrong between the machine that runs Pulumi and a host that is reached over SSH. */
export const sshErrors = defineErrors({
  SSH_UNREACHABLE: {
    status: 503,
    problem: "no SSH connection to {address} port {port}: {detail}",
    remedy: `Look whether the machine is up, its sshd listens there, and no firewall is in between. ${WITHOUT_THE_HOST}`,
    cause: "The machine is off, not yet booted, or not reachable from where Pulumi runs.",
  },
  SSH_HANDSHAKE_FAILED: {
    status: 502,
    problem: "{address} port {port} does not speak SSH as it should: {detail}",
    remedy: "Look whether an sshd listens there, and which algorithms its configuration allows",
    cause: "Another server has the port, or the sshd allows no algorithm that this provider has.",
  },
  SSH_HOST_KEY_UNKNOWN: {
    status: 403,
    problem: "the host key of {address} port {port} is not known here; it shows {seen}",
    remedy:
      'Compare this fingerprint with `ssh-keygen -lf` of /etc/ssh/ssh_host_*_key.pub on the machine itself. If it is there, add the line `{line}` to {file}, or give `hostKey: "{key}"`',
    cause: "Nobody has connected to the machine from here before, and its connection pins no `hostKey`.",
  },
  SSH_HOST_KEY_CHANGED: {
    status: 403,
    problem: "{address} port {port} shows another host key: {seen}; {source} has {expected}",
    remedy:
      "If the machine was installed anew, compare the fingerprint on the machine itself and put its new key in place of the old one; if not, somebody may be in between",
    cause: "The machine was installed anew, its address went to another machine, or somebody is in between.",
  },
  SSH_HOST_KEY_REVOKED: {
    status: 403,
    problem: "{address} port {port} shows a host key that {file} marks as revoked: {seen}",
    remedy: "Give the machine a new host key, or find out who answers at its address",
    cause: "A key that was marked `@revoked`, because others may have it, is still in use.",
  },
  SSH_HOST_KEY_MALFORMED: {
    status: 400,
    problem: "`hostKey` is not a public key",
    remedy: 'Give one line of the machine\'s /etc/ssh/ssh_host_*_key.pub: "ssh-ed25519 AAAA..."',
    cause: "The property holds a fingerprint, a path, a private key, or damaged text.",
  },
  SSH_LOGIN_REFUSED: {
    status: 403,
    problem: "{address} port {port} refuses the login of {user}; it was offered {tried}",
    remedy:
      "Look whether this user exists there, and has this key in ~/.ssh/authorized_keys or this password",
    cause: "The user, the key or the password is not the one that the machine expects.",
  },
  SSH_CREDENTIALS_MISSING: {
    status: 400,
    problem: "there is nothing to log in with: {looked}",
    remedy:
      "Give the connection a `privateKeyFile`, `privateKey`, `password` or `agentSocketPath`, or set OFFLOAD_SSH_PRIVATE_KEY_FILE in the environment",
    cause: "The connection names no key and no password, and this user has no SSH agent and no usual key.",
  },
  SSH_FILE_UNREADABLE: {
    status: 400,
    problem: "{property}: the file {file} cannot be read: {detail}",
    remedy: "Give a path that this user can read; relative paths count from the program's directory",
    cause: "The file was moved, or its permissions do not allow it.",
  },
  SSH_VARIABLE_UNSET: {
    status: 400,
    problem: "{property} names the environment variable {variable}, which is not set",
    remedy: "Set it where Pulumi runs, or set {instead} for this run",
    cause: "Pulumi runs in another environment than the one that the program was written for.",
  },
  SSH_AGENT_UNUSABLE: {
    status: 400,
    problem: "{property}: no SSH agent answers at {path}: {detail}",
    remedy: "Start the agent, or give the path of its socket",
    cause: "The agent has ended, or the path is that of an earlier login.",
  },
  SSH_KEY_MALFORMED: {
    status: 400,
    problem: "{property} is not a private key that can be used here: {detail}",
    remedy:
      'Give the text of an OpenSSH key ("-----BEGIN OPENSSH PRIVATE KEY-----"), as `ssh-keygen` makes it',
    cause: "The value holds a public key, a path, another format, or damaged text.",
  },
  SSH_KEY_ENCRYPTED: {
    status: 400,
    problem: "{property} is encrypted, and there is no passphrase",
    remedy:
      "Give `privateKeyPassword`, set OFFLOAD_SSH_PRIVATE_KEY_PASSWORD, or load the key into an SSH agent",
    cause: "An encrypted key is useless without its passphrase.",
  },
  SSH_KEY_PASSPHRASE_WRONG: {
    status: 400,
    problem: "{property} is encrypted, and the passphrase is not the right one",
    remedy: "Give the right `privateKeyPassword`, or set OFFLOAD_SSH_PRIVATE_KEY_PASSWORD",
    cause: "The passphrase belongs to another key.",
  },
  SSH_CONNECTION_LOST: {
    status: 503,
    problem: "the SSH connection was lost during `{command}`: {detail}",
    remedy: "Look whether the machine is up, and run the same command again: it goes on where this one ended",
    cause: "The machine went down, its sshd was killed, or the network was cut.",
  },
  SSH_COMMAND_TIMED_OUT: {
    status: 504,
    problem: "`{command}` was not done within {seconds} s",
    remedy: "Look what the machine is busy with, and run the same command again",
    cause: "The machine is overloaded, or something hangs on it.",
  },
  SSH_COMMAND_KILLED: {
    status: 500,
    problem: "`{command}` was ended by {signal}",
    remedy: "Look at the machine's journal: memory may have run out",
    cause: "Somebody or the kernel killed the command.",
  },
  SSH_COMMAND_FAILED: {
    status: 500,
    problem: "`{command}` ended with status {status}: {stderr}",
    remedy: "Look at what it says",
    cause: "A command on the host did not do what it should.",
  },
  SSH_OUTPUT_TOO_LONG: {
    status: 507,
    problem: "`{command}` wrote more than {limit} bytes",
    remedy: "Look what answers there instead of the expected command",
    cause: "A login script or another program writes into the command's output.",
  },
  SSH_CHANNEL_REFUSED: {
    status: 503,
    problem: "sshd refuses `{what}`: {detail}",
    remedy: "Look at MaxSessions, AllowTcpForwarding and the key's options in authorized_keys there",
    cause: "The sshd's configuration, or an option of the key, forbids it.",
  },
});
