/** What messages of the transport end with, word for word. */
export const REMEDIES = {
  hostKeyChanged:
    "If the machine was installed anew, compare the fingerprint on the machine itself and put its new key in place " +
    "of the old one; if not, somebody may be in between. (SSH_HOST_KEY_CHANGED)",
  loginRefused:
    "Look whether this user exists there, and has this key in ~/.ssh/authorized_keys or this password. " +
    "(SSH_LOGIN_REFUSED)",
} as const;
