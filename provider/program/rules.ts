import type { Member, MemberFinding } from "./program";

export function programFindings(members: readonly Member[]): readonly MemberFinding[] {
  return members.flatMap(() => []);
}
