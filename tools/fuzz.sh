#!/usr/bin/env bash
# Fuzzes each target for the given number of seconds and counts what was tried.
#
#   tools/fuzz.sh 60 [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v clang++-14 >/dev/null; then
  echo "fuzz: needs clang with libFuzzer: apt-get install clang-14" >&2
  exit 1
fi
seconds=${1:-60}
shift || true
python=.venv/bin/python
build=build/fuzz
[ -f $build/build.ninja ] || cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_COMPILER=clang++-14 -DOCTET_FUZZ=ON -DPython3_EXECUTABLE="$PWD/$python"
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd fuzz/targets && ls *.cpp | sed 's/\.cpp$//')
ninja -C $build "${targets[@]/#/fuzz_}"
failed=0
for target in "${targets[@]}"; do
  mkdir -p $build/corpus/"$target" $build/crashes
  log=$build/$target.log
  status=ok
  $build/fuzz/fuzz_"$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 \
    -print_final_stats=1 -artifact_prefix=$build/crashes/"$target"_ \
    $build/corpus/"$target" fuzz/corpus/"$target" >"$log" 2>&1 || { status=FAILED; failed=1; }
  tried=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf '%-12s %10s inputs  %s\n' "$target" "${tried:-?}" "$status"
done
[ $failed = 0 ] || echo "inputs that failed are in $build/crashes, what was printed in $build/*.log"
exit $failed
