#!/usr/bin/env bash
# Builds the wheel from a build directory that is up to date and installs it into .venv; does
# nothing where the installed one is as new as its parts.
#
#   tools/install_wheel.sh build/dev
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
stamp=.venv/wheel-installed

if [ -f "$stamp" ] && [ -z "$(find "$build/wheel" "$build"/python/octet/_core*.so python/octet \
  pyproject.toml README.md LICENSE THIRD_PARTY_LICENSES.txt CMakeLists.txt cmake .venv/requirements-installed.txt \
  -type f -newer "$stamp" -not -name '*.pyc' -print -quit)" ]; then
  exit 0
fi
touch "$stamp.new"
rm -rf dist
pip=(.venv/bin/python -m pip --disable-pip-version-check --no-input --quiet)
# The same folder and settings as `cmake --preset dev`, so that nothing is compiled again.
"${pip[@]}" wheel . --no-deps --no-build-isolation --no-cache-dir --wheel-dir dist \
  --config-settings build-dir="$build" --config-settings cmake.build-type=Release
"${pip[@]}" install --no-deps --force-reinstall dist/octet_quant-*.whl
mv "$stamp.new" "$stamp"
echo "installed $(ls dist/*.whl) into .venv"
