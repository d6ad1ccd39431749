/** One word of a POSIX shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command that runs a script in a POSIX shell, whatever the login's own shell is. */
export function shellCommand(script: string): string {
  return `/bin/sh -c ${quoted(script)}`;
}
