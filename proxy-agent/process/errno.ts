/** "ENOENT", "EADDRINUSE", ...; empty for what is no system error. */
export function errnoOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
