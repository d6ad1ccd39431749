# One test host: `sh host.sh DIRECTORY LAYERS DISK_BYTES BRIDGE NAME ADDRESS`, the first process of namespaces of its
# own for mounts and processes: disk and machine are gone when this process is, however it ends.
# Each line of input switches the machine on. DIRECTORY holds `authorized_keys` and `passwords` (for chpasswd).
set -eu
directory=$1 layers=$2 disk=$3 bridge=$4 name=$5 address=$6

mount -t tmpfs -o "size=$disk,mode=0755" tmpfs "$directory/disk"
cd "$directory/disk"
mkdir changes work root
mount -t overlay -o "lowerdir=$layers,upperdir=changes,workdir=work" overlay root
# What nspawn remembers of its containers goes with this host, however it ends.
mkdir -p /run/systemd
mount -t tmpfs tmpfs /run/systemd

cat >root/etc/systemd/network/10-host0.network <<END
[Match]
Name=host0
[Network]
LinkLocalAddressing=no
IPv6AcceptRA=no
[Address]
Address=$address
# Looking for the address's other users takes six seconds, and there are none.
DuplicateAddressDetection=none
END
chroot root ssh-keygen -q -A
for user in root deploy limited plain; do
    home=$(chroot root sh -c "echo ~$user")
    install -d -m 700 "root$home/.ssh"
    cp "$directory/authorized_keys" "root$home/.ssh/authorized_keys"
    chroot root chown -R "$user:$user" "$home/.ssh"
done
sed -i 's|^|command="/usr/local/bin/proxy-agent dial-stdio",restrict |' root/home/limited/.ssh/authorized_keys
chroot root chpasswd <"$directory/passwords"
echo ready

# In one cgroup the hosts would end each other's services. With version 1 only systemd's own tree matters.
for tree in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    [ -e "$tree/cgroup.procs" ] || continue
    mkdir -p "$tree/$bridge/$name"
    echo $$ >"$tree/$bridge/$name/cgroup.procs"
done

while read -r _; do
    systemd-nspawn --quiet --directory=root --machine="$bridge-$name" --hostname="$name" \
        --boot --network-bridge="$bridge" --register=no --keep-unit --console=pipe \
        </dev/null >>"$directory/console" 2>&1 || true
    echo off
done
