import type { DnsPrimary } from "./primary";

/** What a zone holds, in one order and without its SOA, whose serial grows with every write. */
export async function recordsOf(primary: DnsPrimary): Promise<string[]> {
  return (await primary.records()).filter((line) => !line.includes(" SOA ")).sort();
}
