import { z } from "zod";
import { ENVIRONMENT_VARIABLE, LOCAL_FILE, MACHINE } from "../../resource/formats";

const port = z.int().min(1).max(65_535);

/** What a login to one machine takes, whether that machine is the host itself or a jump host before it. */
const login = {
  /** Name or address of the machine. */
  host: MACHINE,
  port: port.default(22),
  user: z.string().min(1).default("root"),
  password: z.string().optional(),
  /** The text of an OpenSSH or PEM private key. */
  privateKey: z.string().optional(),
  /** Decrypts the private key. */
  privateKeyPassword: z.string().optional(),
  /** The socket of an SSH agent. Default, where no key and no password is given: SSH_AUTH_SOCK. */
  agentSocketPath: LOCAL_FILE.optional(),
  /** The only host key that is accepted: the text of a public key, "ssh-ed25519 AAAA...". */
  hostKey: z.string().min(1).optional(),
  /** One attempt to connect may take that long; 0: only the operation's own time limits it. */
  perDialTimeout: z.number().min(0).max(3_600).meta({ unit: "seconds" }).default(15),
  /** So many attempts may fail; absent, or -1: as many as the operation's time allows. */
  dialErrorLimit: z.int().min(-1).max(1_000).optional(),
  /** By reference: the name of an environment variable of the machine that runs Pulumi. */
  passwordEnv: ENVIRONMENT_VARIABLE.optional(),
  privateKeyEnv: ENVIRONMENT_VARIABLE.optional(),
  privateKeyPasswordEnv: ENVIRONMENT_VARIABLE.optional(),
  /** By reference: a file on the machine that runs Pulumi. Absolute, or "~/...": of whoever runs Pulumi. */
  privateKeyFile: LOCAL_FILE.optional(),
  /** Default: `~/.ssh/known_hosts`. Read only where there is no `hostKey`. */
  knownHostsFile: LOCAL_FILE.optional(),
  /** Accepts any host key, and warns every time. */
  insecureIgnoreHostKey: z.boolean().default(false),
};

/** A jump host: the connection to the host goes through it. */
export const proxySchema = z.strictObject(login);
export type Proxy = z.output<typeof proxySchema>;

/**
 * How a host is reached over SSH. `proxy` and all up to `dialErrorLimit` are `@pulumi/command`'s
 * `remote.ConnectionArgs`, field for field, so that one object serves both; the rest is added. Of the defaults only
 * that of `dialErrorLimit` is another (10 there): a machine that the same program makes may take its time to boot.
 */
export const connectionSchema = z.strictObject({ ...login, proxy: proxySchema.optional() });
export type Connection = z.output<typeof connectionSchema>;

/** The leaves that may be secret. They are in the state encrypted or not at all, and in no message. */
export const SECRET_FIELDS = ["password", "privateKey", "privateKeyPassword"] as const;

/** The leaves that are paths on the machine that runs Pulumi. */
export const FILE_FIELDS = ["privateKeyFile", "knownHostsFile", "agentSocketPath"] as const;
