import type { Input } from "@pulumi/pulumi";

/**
 * How to log in to a machine over SSH. The first part is `remote.ProxyConnectionArgs` of `@pulumi/command`, field for
 * field; the second part is added here. Every property may be an output.
 */
export interface ProxyConnectionArgs {
  /** The machine's name or IP address, without user and port. */
  host: Input<string>;
  /** 1 to 65535, default 22. */
  port?: Input<number> | undefined;
  /** Default `root`. Others need sudo without a password. */
  user?: Input<string> | undefined;
  /** Made a secret: encrypted in the state. */
  password?: Input<string> | undefined;
  /** The text of the private key (OpenSSH or PEM). Made a secret: encrypted in the state. */
  privateKey?: Input<string> | undefined;
  /** Decrypts the private key. Made a secret: encrypted in the state. */
  privateKeyPassword?: Input<string> | undefined;
  /**
   * The socket of an SSH agent. Default, where no key and no password is given: what `ssh` itself would try, the agent
   * at SSH_AUTH_SOCK and the keys ~/.ssh/id_ed25519, id_ecdsa and id_rsa.
   */
  agentSocketPath?: Input<string> | undefined;
  /** The only host key that is accepted: "ssh-ed25519 AAAA...". Default: what `knownHostsFile` says. */
  hostKey?: Input<string> | undefined;
  /** The longest that one attempt to connect may take, seconds, 0 to 3600, default 15. 0: no limit of its own. */
  perDialTimeout?: Input<number> | undefined;
  /**
   * Failed attempts after which no further one is made, -1 to 1000. Default, and -1: as many as the load balancer's
   * `timeoutSeconds` allows, because a machine that is made by the same program may take its time to boot.
   */
  dialErrorLimit?: Input<number> | undefined;

  /** The name of an environment variable that holds the password when Pulumi runs. */
  passwordEnv?: Input<string> | undefined;
  /** The name of an environment variable that holds the text of the private key when Pulumi runs. */
  privateKeyEnv?: Input<string> | undefined;
  /** The name of an environment variable that holds the private key's password when Pulumi runs. */
  privateKeyPasswordEnv?: Input<string> | undefined;
  /**
   * The private key's file on the machine that runs Pulumi. `~/` is the home directory of whoever runs it; relative
   * paths count from the program's directory.
   */
  privateKeyFile?: Input<string> | undefined;
  /** Which host keys are known, as OpenSSH keeps them. Default `~/.ssh/known_hosts`. Not read with `hostKey`. */
  knownHostsFile?: Input<string> | undefined;
  /** Accepts any host key, and warns every time. Default false. */
  insecureIgnoreHostKey?: Input<boolean> | undefined;
}

/** The same for a host, which may be behind a jump host: `remote.ConnectionArgs` of `@pulumi/command`, and more. */
export interface ConnectionArgs extends ProxyConnectionArgs {
  /** The jump host through which the host is reached. */
  proxy?: Input<ProxyConnectionArgs> | undefined;
}
