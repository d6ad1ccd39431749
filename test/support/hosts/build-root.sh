# Makes the file systems that all test hosts share, once: `sh build-root.sh CACHE SUITE MIRROR NODE`.
# Prints the folder with `root` (a small Debian) and `node` (nothing but NODE as /usr/local/bin/node).
# Their folder is named by what they are made of, appears whole or not at all, and is never changed.
set -eu
cache=$1 suite=$2 mirror=$3 node=$4
packages=systemd,systemd-sysv,dbus,openssh-server,iproute2,sudo
mkdir -p "$cache"

# Two test files may start at once: the second waits and finds what the first one made.
exec 9>"$cache/lock"
flock 9

recipe=$(cat "$0" && echo "$suite $packages $(uname -m)")
root=$cache/root-$(echo "$recipe" | sha256sum | cut -c 1-16)
if [ ! -d "$root" ]; then
    echo "making a $suite for the test hosts (once, about a minute)" >&2
    building=$cache/building
    rm -rf "$building"
    # Its log is shown when it fails; it is hundreds of lines.
    debootstrap --variant=minbase --include="$packages" "$suite" "$building" "$mirror" >"$cache/log" 2>&1 9>&- ||
        { tail -n 20 "$cache/log" >&2; rm -rf "$building"; exit 1; }
    rm -f "$building"/etc/ssh/ssh_host_* "$building"/var/cache/apt/archives/*.deb
    # Empty: each host gets an identity of its own at its first boot.
    : >"$building/etc/machine-id"
    rm -f "$building/var/lib/dbus/machine-id" "$building/etc/hostname" "$building/etc/resolv.conf"
    # Nothing that starts by itself while a test looks.
    for timer in "$building"/etc/systemd/system/timers.target.wants/*; do
        ln -sf /dev/null "$building/etc/systemd/system/$(basename "$timer")"
    done
    ln -s /lib/systemd/system/systemd-networkd.service "$building/etc/systemd/system/multi-user.target.wants/"
    for user in deploy limited plain; do
        chroot "$building" useradd --create-home --shell /bin/bash "$user"
    done
    echo "deploy ALL=(ALL) NOPASSWD: ALL" >"$building/etc/sudoers.d/deploy"
    chmod 440 "$building/etc/sudoers.d/deploy"
    mv "$building" "$root"
fi

layer=$cache/node-$(sha256sum "$node" | cut -c 1-16)
if [ ! -d "$layer" ]; then
    rm -rf "$cache/copying"
    mkdir -p "$cache/copying/usr/local/bin"
    cp "$node" "$cache/copying/usr/local/bin/node"
    chmod 755 "$cache/copying/usr/local/bin/node"
    mv "$cache/copying" "$layer"
fi
echo "$root"
echo "$layer"
