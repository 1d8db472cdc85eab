/// Bytes per second of the kernels behind calibration's statistics, and of a plain sum of the same
/// array, in cache (256 KB), in a shared cache (8 MB) and in memory (256 MB).
#include <benchmark/benchmark.h>

#include <cstring>
#include <random>

#include "statistics/kernels.hpp"
#include "statistics/log_histogram.hpp"
#include "statistics/quantile.hpp"

namespace {

using namespace octet::statistics;

std::vector<float> values(std::size_t bytes) {
  std::vector<float> result(bytes / sizeof(float));
  std::mt19937 random(1);
  for (float& value : result) value = static_cast<float>(random()) * 0x1p-31F - 1;
  return result;
}

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
float plain_sum(const float* from, std::size_t count) {
  using Floats = float __attribute__((vector_size(64)));
  Floats sums[8] = {};
  for (std::size_t i = 0; i + 128 <= count; i += 128)
    for (std::size_t u = 0; u < 8; ++u) {
      Floats x;
      std::memcpy(&x, from + i + 16 * u, sizeof x);
      sums[u] += x;
    }
  float total = 0;
  for (const Floats& sum : sums)
    for (std::size_t k = 0; k < 16; ++k) total += sum[k];
  return total;
}

template <typename Action>
void measure(benchmark::State& state, Action action) {
  const std::vector<float> data = values(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) action(data);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void sum(benchmark::State& state) {
  measure(state,
          [](const auto& data) { benchmark::DoNotOptimize(plain_sum(data.data(), data.size())); });
}
void min_max(benchmark::State& state) {
  measure(state,
          [](const auto& data) { benchmark::DoNotOptimize(extremes(data.data(), data.size())); });
}
void min_max_sum(benchmark::State& state) {
  measure(state, [](const auto& data) {
    double total = 0;
    benchmark::DoNotOptimize(extremes_and_sum(data.data(), data.size(), total));
    benchmark::DoNotOptimize(total);
  });
}
/// Second argument: channels.
void channels(benchmark::State& state, bool with_sums) {
  const auto columns = static_cast<std::size_t>(state.range(1));
  std::vector<float> low(columns), high(columns);
  std::vector<double> sums(columns);
  measure(state, [&](const auto& data) {
    const std::size_t rows = data.size() / columns;
    benchmark::DoNotOptimize(
        with_sums ? column_extremes_and_sums(data.data(), rows, columns, low.data(), high.data(),
                                             sums.data())
                  : column_extremes(data.data(), rows, columns, low.data(), high.data()));
  });
}
void channel_min_max(benchmark::State& state) {
  channels(state, false);
}
void channel_min_max_sum(benchmark::State& state) {
  channels(state, true);
}
void histogram(benchmark::State& state) {
  LogHistogram counts;
  measure(state, [&](const auto& data) { counts.add(data.data(), data.size()); });
}
const std::vector<double> shares = {1e-4, 1 - 1e-4};
void both_quantiles(benchmark::State& state) {
  measure(state, [](const auto& data) {
    benchmark::DoNotOptimize(quantiles(data.data(), data.size(), false, shares));
  });
}
/// Second argument: channels.
void channel_quantiles(benchmark::State& state) {
  const auto columns = static_cast<std::size_t>(state.range(1));
  measure(state, [&](const auto& data) {
    benchmark::DoNotOptimize(
        column_quantiles(data.data(), data.size() / columns, columns, false, shares));
  });
}

const std::vector<std::int64_t> sizes = {256 << 10, 8 << 20, 256 << 20};

BENCHMARK(sum)->ArgsProduct({sizes});
BENCHMARK(min_max)->ArgsProduct({sizes});
BENCHMARK(min_max_sum)->ArgsProduct({sizes});
BENCHMARK(channel_min_max)->ArgsProduct({sizes, {3, 24, 256}});
BENCHMARK(channel_min_max_sum)->ArgsProduct({sizes, {3, 24, 256}});
BENCHMARK(histogram)->ArgsProduct({sizes});
BENCHMARK(both_quantiles)->ArgsProduct({sizes});
BENCHMARK(channel_quantiles)->ArgsProduct({{256 << 10, 8 << 20}, {24, 256}});

}  // namespace

BENCHMARK_MAIN();
