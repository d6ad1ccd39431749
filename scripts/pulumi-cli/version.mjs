/** What this workspace is tested with, and what is installed or built where there is no Pulumi. */
export const PINNED_VERSION = "3.220.0";

/** The oldest Pulumi on PATH that is used as it is. */
export const MINIMUM_VERSION = "3.200.0";

/** @param {string} text the output of `pulumi version`, such as "v3.220.0" */
export function isUsableVersion(text) {
  const [major, minor] = numbersOf(text);
  const [minimumMajor, minimumMinor] = numbersOf(MINIMUM_VERSION);
  return major === minimumMajor && minor >= minimumMinor;
}

function numbersOf(text) {
  return (/^v?(\d+)\.(\d+)\./.exec(text.trim()) ?? []).slice(1).map(Number);
}
