#include "runtime/latency.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include <openvino/runtime/properties.hpp>

#include "runtime/executed_layers.hpp"

namespace octet::runtime {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t warm_up = 3;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double quantile(std::vector<double> values, double share) {
  const auto place =
      static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::ranges::nth_element(values, values.begin() + place);
  return values[static_cast<std::size_t>(place)];
}

}  // namespace

void stop_if(const Stop& is_cancelled) {
  if (is_cancelled && is_cancelled())
    throw Error(ErrorCode::cancelled, "runtime", "", "the benchmark was cancelled", "");
}

ov::InferRequest request_of(ov::CompiledModel& compiled, const Subject& subject) {
  ov::InferRequest request = compiled.create_infer_request();
  for (std::size_t i = 0; i < subject.inputs.size(); ++i)
    request.set_input_tensor(i, subject.inputs[i]);
  return request;
}

Latency::Latency(const Subject& subject, const RunOptions& options) {
  const auto begin = Clock::now();
  auto compiled = compile(subject.graph, options,
                          {{ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY)}});
  compile_ms_ = 1000 * seconds_since(begin);
  request_ = request_of(compiled, subject);
  for (std::size_t i = 0; i < warm_up; ++i) request_.infer();
}

void Latency::turn(double seconds, const Stop& is_cancelled) {
  const auto begin = Clock::now();
  do {
    const auto start = Clock::now();
    request_.infer();
    times_ms_.push_back(1000 * seconds_since(start));
    stop_if(is_cancelled);
  } while (seconds_since(begin) < seconds);
}

double Latency::quantile_ms(double share) const {
  return quantile(times_ms_, share);
}

void Latency::store(BenchmarkResult& result) const {
  result.median_ms = quantile_ms(0.5);
  result.p10_ms = quantile_ms(0.1);
  result.p90_ms = quantile_ms(0.9);
  result.iterations = times_ms_.size();
  result.compile_ms = compile_ms_;
}

std::vector<ExecutedLayer> profile(const Subject& subject, const RunOptions& options,
                                   std::size_t runs) {
  auto compiled = compile(subject.graph, options,
                          {{ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY)},
                           {ov::enable_profiling(true)}});
  ov::InferRequest request = request_of(compiled, subject);
  request.infer();
  std::map<std::string, std::vector<double>> times_ms;
  for (std::size_t i = 0; i < runs; ++i) {
    request.infer();
    for (const ov::ProfilingInfo& info : request.get_profiling_info())
      times_ms[info.node_name].push_back(
          std::chrono::duration<double, std::milli>(info.real_time).count());
  }
  std::vector<ExecutedLayer> layers = layers_of(compiled, *subject.graph);
  for (ExecutedLayer& layer : layers) {
    const auto found = times_ms.find(layer.name);
    if (found != times_ms.end()) layer.milliseconds = quantile(found->second, 0.5);
  }
  return layers;
}

}  // namespace octet::runtime
