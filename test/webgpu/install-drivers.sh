#!/usr/bin/env bash
# Installs the Debian packages that some tests need, if one is missing. For WebGPU: Mesa's OpenGL ES without a screen, and
# chromium, a real browser whose SwiftShader is a second software adapter. What the reader in Python needs, the MQTT broker of a class, and the work queue of many machines.
set -euo pipefail
packages=(libegl1 libegl-mesa0 libgl1-mesa-dri libegl-dev libvulkan1 chromium python3-numpy python3-matplotlib mosquitto nats-server)
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get -o Acquire::Retries=3 update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -o Acquire::Retries=3 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
