import type { AnyAuthMethod, AuthHandlerMiddleware, ParsedKey } from "ssh2";

/** One thing to log in with. `from` is its name in messages: "`privateKeyFile`", never a value. */
export type Credential =
  | { readonly kind: "key"; readonly from: string; readonly key: ParsedKey }
  | { readonly kind: "agent"; readonly from: string; readonly path: string }
  | { readonly kind: "password"; readonly from: string; readonly password: string };

export interface Login {
  readonly user: string;
  /** In the order in which they are offered. */
  readonly credentials: readonly Credential[];
}

/** "the key of `privateKeyFile` and the password of `password`". */
export function offered({ credentials }: Login): string {
  const names = { key: "the key of", agent: "the keys of the SSH agent of", password: "the password of" };
  return credentials.map(({ kind, from }) => `${names[kind]} ${from}`).join(" and ");
}

/** Asks first what the server takes, so that no useless try counts against its MaxAuthTries. */
export function authHandlerFor({ user, credentials }: Login): AuthHandlerMiddleware {
  const left: AnyAuthMethod[] = [
    { type: "none", username: user },
    ...credentials.flatMap((credential) => methodsOf(credential, user)),
  ];
  return (taken: readonly string[] | null, _partialSuccess, next) => {
    for (let method = left.shift(); method !== undefined; method = left.shift()) {
      const name = method.type === "agent" ? "publickey" : method.type;
      if (taken === null || taken.includes(name)) {
        next(method);
        return;
      }
    }
    // ssh2's way to say that there is no more; its types lack it.
    next(false as unknown as AnyAuthMethod);
  };
}

function methodsOf(credential: Credential, username: string): AnyAuthMethod[] {
  switch (credential.kind) {
    case "key":
      return [{ type: "publickey", username, key: credential.key }];
    case "agent":
      return [{ type: "agent", username, agent: credential.path }];
    case "password":
      return [
        { type: "password", username, password: credential.password },
        {
          type: "keyboard-interactive",
          username,
          prompt: (_name, _instructions, _language, prompts, finish) => {
            // Only what is not echoed is a password; anything else cannot be answered by a program.
            finish(prompts.map(({ echo }) => (echo === true ? "" : credential.password)));
          },
        },
      ];
  }
}
