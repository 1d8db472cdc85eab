#!/usr/bin/env bash
# Installs what building and testing Octet needs: Debian packages and a Python environment in .venv.
# Installs only what is missing, so that a second run takes a second.
#
#   PYTHON=python3.12 tools/setup.sh     another interpreter than python3
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_debian_packages() {
  local wanted=() missing=() package
  mapfile -t wanted < <(grep -v '^#' tools/debian-packages.txt)
  # A Python that was not installed by Debian brings its own headers and venv.
  if ! command -v "$python" >/dev/null; then
    wanted+=(python3 python3-dev python3-venv)
  elif ! "$python" -c 'import ensurepip, os, sysconfig
assert os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))' 2>/dev/null; then
    wanted+=(python3-dev python3-venv)
  fi
  for package in "${wanted[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "setup: Debian packages: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "setup: needs root or sudo for: apt-get install ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update --quiet --quiet
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes \
    --no-install-recommends "${missing[@]}" </dev/null
}

install_python_packages() {
  local installed=.venv/requirements-installed.txt torch
  cmp --silent requirements.txt "$installed" && return
  if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "setup: needs Python 3.11 or newer, $python is $("$python" --version)" >&2
    exit 1
  fi
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  local pip=(.venv/bin/python -m pip --disable-pip-version-check --no-input install --no-cache-dir
    --quiet --no-deps)
  # PyPI's torch for Linux pulls in gigabytes of CUDA: where the configured indexes have no CPU
  # build, it comes from the index of torch.
  torch=$(grep '^torch==' requirements.txt)
  echo "setup: $torch"
  "${pip[@]}" "$torch" 2>/dev/null ||
    "${pip[@]}" --index-url https://download.pytorch.org/whl/cpu "$torch"
  echo "setup: requirements.txt"
  # The file lists the whole closure, so nothing is resolved: what is installed is what is listed.
  "${pip[@]}" --requirement requirements.txt
  cp requirements.txt "$installed"
}

install_debian_packages
install_python_packages
