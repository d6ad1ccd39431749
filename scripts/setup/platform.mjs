import { SetupError } from "./command.mjs";

const [MINIMUM_MAJOR, MINIMUM_MINOR] = [20, 19];

/**
 * @param {string} platform as process.platform
 * @param {string} nodeVersion as process.versions.node
 */
export function checkPlatform(platform, nodeVersion) {
  if (platform !== "linux") throw new SetupError(`The agent runs on Linux; this is ${platform}.`);
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  if (major > MINIMUM_MAJOR || (major === MINIMUM_MAJOR && minor >= MINIMUM_MINOR)) return;
  throw new SetupError(
    `This needs Node ${MINIMUM_MAJOR}.${MINIMUM_MINOR} or newer; ${process.execPath} is ${nodeVersion}. ` +
      "Install a newer Node and put it first on PATH.",
  );
}
