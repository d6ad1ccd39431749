import { defineErrors } from "./define";

/** Mistakes in how a program says which hosts there are and how they are reached, found at preview. */
export const hostErrors = defineErrors({
  HOST_WAY_MISSING: {
    status: 400,
    problem: "has neither `connection` nor `local`",
    remedy:
      "Give `connection` for a machine that is reached over SSH, or `local` (an empty object will do) to run the agent on the machine that runs Pulumi",
    cause: "Each host needs one way in which it is reached.",
  },
  HOST_WAY_TWICE: {
    status: 400,
    problem: "has both `connection` and `local`",
    remedy:
      "Give `connection` for a machine that is reached over SSH, or `local` for the machine that runs Pulumi",
    cause: "It would not be clear on which machine the agent shall be.",
  },
  HOST_TWICE: {
    status: 400,
    problem: "is that of host {other} too",
    remedy: "Give each host addresses of its own, and an SSH address or a state directory of its own",
    cause: "One machine is listed under two names.",
  },
  HOST_MOVED: {
    status: 400,
    problem: "this host is {old} and cannot become {now}",
    remedy:
      "Leave it what it is, or give the new one another name: add that in one `pulumi up`, and take the old one out in the next",
    cause:
      "Under the name of a host that is in use, another machine is declared: `local` became `connection` or the other way round, or both `connection.host` and all `addresses` are others. User, port, key and jump host may change, and so may either of `connection.host` and `addresses`.",
  },
  HOSTS_ALL_REPLACED: {
    status: 400,
    problem:
      "of the hosts that serve none stays ({hosts}): nobody would serve before the new ones are filled",
    remedy:
      "Add the new hosts in one `pulumi up`, and take the old ones out in the next. If the old ones are gone for good, set OFFLOAD_RELEASE_HOSTS={names} in the environment",
    cause:
      "Every host was replaced at once. Hosts leave by the load balancer's own update, and new ones are filled right after it.",
  },
  STATE_DIRECTORY_MOVED: {
    status: 400,
    problem: "the state directory of this host is {old} and cannot become {directory}",
    remedy:
      "Leave it where it is, or give the host another name as well: it is then removed, and the new one filled by the same `pulumi up`",
    cause:
      "`local.stateDir` was changed for a host that is in use; or there is none, and `up` runs with another HOME or XDG_STATE_HOME than before.",
  },
  LOGIN_GIVEN_TWICE: {
    status: 400,
    problem: "there are both `{first}` and `{second}`",
    remedy: "Give one of them",
    cause: "It would not be clear which one counts.",
  },
  LOGIN_KEY_NOT_TEXT: {
    status: 400,
    problem: "is {actual}, where the text of a private key is needed",
    remedy: "Give the content of the key's file, or its path as `privateKeyFile`",
    cause: "`privateKey` holds a path, the public half of the key, or damaged text.",
  },
  LOGIN_FILE_NOT_PATH: {
    status: 400,
    problem: "is the content of a file, where its path is needed",
    remedy: "Give the path, or the content as `privateKey`, which is kept as a secret",
    cause: "A path is no secret and would stand in the state in clear.",
  },
  LOGIN_FILE_UNREADABLE: {
    status: 400,
    problem: "the file cannot be read on this machine ({detail})",
    remedy:
      "Nothing needs to be done where `pulumi up` runs on another machine that has it; relative paths count from the program's directory",
    cause:
      "The file is missing, or its permissions forbid it. Said as a warning: a preview may run elsewhere.",
  },
  LOGIN_VARIABLE_UNSET: {
    status: 400,
    problem: "names an environment variable that is not set on this machine",
    remedy: "Nothing needs to be done where `pulumi up` runs with it",
    cause:
      "The variable is not exported, or its name is misspelt. Said as a warning: a preview may run elsewhere.",
  },
  HOST_KEY_MISSING: {
    status: 400,
    problem: "no host key of {address} port {port} is in {file}, so `up` from this machine would refuse it",
    remedy:
      "Give a line of the machine's own /etc/ssh/ssh_host_*_key.pub as `hostKey`, or compare it with what `ssh-keyscan -p {port} {address}` says and add that to the file. Nothing needs to be done where `pulumi up` runs on another machine that has it",
    cause:
      "Nobody has connected to the machine from here before, and its connection pins no `hostKey`. Said as a warning, at the preview.",
  },
  HOST_KEY_IGNORED: {
    status: 400,
    problem: "any host key is accepted, so whoever answers at that address is trusted with this login",
    remedy: "Give `hostKey`, or add the host to `knownHostsFile`, and leave insecureIgnoreHostKey out",
    cause:
      "`insecureIgnoreHostKey` is true. Said at every preview; each connection then names the key that it met.",
  },
});
