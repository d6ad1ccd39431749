# The network of one set of test hosts: `sh network.sh`, prints the bridge's name and its number when it is up.
# When its input ends, it takes the network away, and what dead hosts leave behind: their empty cgroups.
set -eu
number=
for candidate in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    # The name is the lock: two runs cannot both make it.
    if ip link add "tlo$candidate" type bridge 2>/dev/null; then
        number=$candidate
        break
    fi
done
[ -n "$number" ] || { echo "no free network: cannot make any of tlo1 to tlo15" >&2; exit 1; }
bridge=tlo$number
ip addr add "169.254.77.$((number * 16 + 1))/28" dev "$bridge"
# Whose it is, for whoever looks for what a run left behind.
ip link set "$bridge" up alias "${TLS_OFFLOAD_TEST_RUN:-no run}"
echo "$bridge $number"

cat >/dev/null
for _ in $(seq 50); do
    left=
    for tree in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
        [ -d "$tree/$bridge" ] || continue
        find "$tree/$bridge" -depth -type d -exec rmdir {} + 2>/dev/null || left=yes
    done
    [ -n "$left" ] || break
    sleep 0.1
done
ip link del "$bridge"
