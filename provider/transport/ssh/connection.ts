import { z } from "zod";

const port = z.int().min(1).max(65_535);

/** What a login to one machine takes, whether that machine is the host itself or a jump host before it. */
const login = {
  /** Name or address of the machine. */
  host: z.string().min(1),
  port: port.default(22),
  user: z.string().min(1).default("root"),
  password: z.string().optional(),
  /** The text of an OpenSSH or PEM private key. */
  privateKey: z.string().optional(),
  /** Decrypts the private key. */
  privateKeyPassword: z.string().optional(),
  /** The socket of an SSH agent; default: SSH_AUTH_SOCK, where no key and no password is given. */
  agentSocketPath: z.string().min(1).optional(),
  /** The only host key that is accepted: the text of a public key, "ssh-ed25519 AAAA...". */
  hostKey: z.string().min(1).optional(),
  /** One attempt to connect may take that long; 0: only the operation's own time limits it. */
  perDialTimeout: z.number().min(0).max(3_600).meta({ unit: "seconds" }).default(15),
  /** Failed attempts before the host counts as unreachable; 0: as many as the operation's time allows. */
  dialErrorLimit: z.int().min(0).max(1_000).default(10),
  /** By reference: the name of an environment variable of the machine that runs Pulumi. */
  passwordEnv: z.string().min(1).optional(),
  privateKeyEnv: z.string().min(1).optional(),
  privateKeyPasswordEnv: z.string().min(1).optional(),
  /** By reference: a file on the machine that runs Pulumi. */
  privateKeyFile: z.string().min(1).optional(),
  /** Default: `~/.ssh/known_hosts`. Read only where there is no `hostKey`. */
  knownHostsFile: z.string().min(1).optional(),
  /** Accepts any host key, and warns every time. */
  insecureIgnoreHostKey: z.boolean().default(false),
};

/** A jump host: the connection to the host goes through it. */
export const proxySchema = z.strictObject(login);
export type Proxy = z.output<typeof proxySchema>;

/**
 * How a host is reached over SSH. The names without a comment of their own in `@pulumi/command`'s
 * `remote.ConnectionArgs` are additions; all others are those, field for field, so that one object serves both.
 */
export const connectionSchema = z.strictObject({ ...login, proxy: proxySchema.optional() });
export type Connection = z.output<typeof connectionSchema>;

/** The leaves that may be secret. They are in the state encrypted or not at all, and in no message. */
export const SECRET_FIELDS = ["password", "privateKey", "privateKeyPassword"] as const;
