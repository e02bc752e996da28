#!/bin/bash
# initramfs.sh KERNEL OUT: an initramfs of this machine's own programs for the kernel package unpacked in KERNEL.
# It runs the Python program in the job on the first disk; what that prints goes to the second disk.
set -euo pipefail
kernel=$(realpath "$1") out=$(realpath -m "$2")
# Debian's python3, not a version manager's.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root"/{dev,proc,sys,tmp,run/netns,etc,usr/{bin,lib,lib64}}
for link in bin sbin lib lib64; do
  case $link in sbin) ln -s usr/bin "$root/sbin" ;; *) ln -s "usr/$link" "$root/$link" ;; esac
done
ln -s bin "$root/usr/sbin"

libraries() {
  { ldd "$1" 2>/dev/null || true; } | sed -n 's,^[^/]*\(/[^ ]*\).*,\1,p' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    [ -e "$root$library" ] || cp -L "$library" "$root$library"
  done
}

for name in bash mount modprobe ip bridge nft ipset ipvsadm python3 {ip,ip6}tables-nft{,-save,-restore}; do
  file=$(readlink -f "$(command -v "$name")")
  base=$(basename "$file")
  [ -e "$root/usr/bin/$base" ] || { cp "$file" "$root/usr/bin/$base"; libraries "$file"; }
  [ "$base" = "$name" ] || ln -sf "$base" "$root/usr/bin/$name"
done
ln -sf bash "$root/usr/bin/sh"
# The names by which kube-proxy asks for them.
for name in {ip,ip6}tables{,-save,-restore}; do ln -sf "${name/tables/tables-nft}" "$root/usr/bin/$name"; done

# iptables' extensions, and of Python's library what the recorder uses.
extensions=$(dirname "$(find /usr/lib -name libxt_conntrack.so -print -quit)")
mkdir -p "$root$extensions"
cp -a "$extensions/." "$root$extensions/"
python3 -IS -c '
import base64, ctypes, errno, http.server, json, os, re, select, socket, struct, subprocess, sys, time, encodings.idna
for module in list(sys.modules.values()):
    for file in (getattr(module, "__file__", None), getattr(module, "__cached__", None)):
        if file and os.path.exists(file):
            print(file)
' | while read -r file; do
  mkdir -p "$root$(dirname "$file")"
  cp "$file" "$root$file"
  case $file in *.so) libraries "$file" ;; esac
done
for file in /etc/protocols /etc/services; do [ ! -e "$file" ] || cp "$file" "$root/etc/"; done

release=$(ls "$kernel/lib/modules")
modules=lib/modules/$release
mkdir -p "$root/usr/$modules/kernel/drivers"
cp "$kernel/$modules"/modules.{order,builtin}* "$root/usr/$modules/"
cp -a "$kernel/$modules/kernel"/{net,lib,crypto,arch} "$root/usr/$modules/kernel/"
for folder in net virtio block; do cp -a "$kernel/$modules/kernel/drivers/$folder" "$root/usr/$modules/kernel/drivers/"; done
rm -rf "$root/usr/$modules/kernel"/{drivers/net/ethernet,net/{mac80211,wireless,bluetooth,sunrpc,ceph}}
depmod -b "$root" "$release"

cat > "$root/init" <<'INIT'
#!/bin/bash
export PATH=/usr/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs run /run
# IPVS logs every packet that it refuses, and the serial line is slow.
echo 1 > /proc/sys/kernel/printk
modprobe -a virtio_pci virtio_blk ip_vs nf_conntrack_netlink br_netfilter veth dummy nft_compat
ip link set lo up
python3 -IS -c '
import json
job = json.loads(open("/dev/vda", "rb").read().rstrip(b"\0"))
exec(compile(job["program"], "record.py", "exec"), {"__name__": "__main__", "job": job})
'
echo o > /proc/sysrq-trigger
INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet) > "$out"
