#!/usr/bin/env bash
# The main job: in Python (demo.py), then the same .pt2 through the command, which is no Python
# program, and a comparison of what both wrote.
#
#   examples/efficientnet_lite0/run.sh [FOLDER [SECONDS]]
set -euo pipefail
here=$(dirname "$0")
folder=${1:-build/demo}
python "$here/demo.py" --folder "$folder" --seconds "${2:-3}"

echo
echo "The same .pt2 through the command (a native program: no Python runs)"
# (x - 127) / 128 in units of 0..1
command=(octet quantize "$folder/efficientnet_lite0.pt2" --data "$folder/photographs"
  --mean 0.49803921569 --scale 0.50196078431 -o "$folder/from_command.xml" --quiet)
echo "    ${command[*]}"
"${command[@]}"
for part in xml bin; do
  cmp "$folder/efficientnet_lite0_int8.$part" "$folder/from_command.$part"
done
echo "    efficientnet_lite0_int8.xml and .bin are the same, byte for byte"
