#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include <openvino/runtime/infer_request.hpp>
#include <openvino/runtime/properties.hpp>

#include "octet/runtime.hpp"
#include "runtime/compile.hpp"
#include "runtime/executed_layers.hpp"
#include "runtime/inputs.hpp"
#include "runtime/latency.hpp"

namespace octet {
namespace runtime {
namespace {

using Clock = std::chrono::steady_clock;
// Models take turns of this length.
constexpr double turn_seconds = 0.2;
constexpr std::size_t profiled_runs = 5;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// As many requests as the plugin finds best, each started again when it is done.
class Throughput {
 public:
  Throughput(const Subject& subject, const RunOptions& options)
      : compiled_(compile(subject.graph, options,
                          {{ov::hint::performance_mode(ov::hint::PerformanceMode::THROUGHPUT)}})) {
    const auto count = compiled_.get_property(ov::optimal_number_of_infer_requests);
    for (std::uint32_t i = 0; i < count; ++i) {
      requests_.push_back(request_of(compiled_, subject));
      requests_.back().infer();
    }
  }

  void turn(double, const Stop& is_cancelled) {
    const auto begin = Clock::now();
    std::size_t done = 0;
    for (auto& request : requests_) request.start_async();
    // Requests finish roughly in the order of their start, so waiting in turn keeps all of them
    // busy.
    while (seconds_since(begin) < turn_seconds) {
      for (auto& request : requests_) {
        request.wait();
        request.start_async();
        ++done;
      }
      stop_if(is_cancelled);
    }
    for (auto& request : requests_) request.wait();
    done += requests_.size();
    rates_.push_back(static_cast<double>(done) / seconds_since(begin));
  }

  void store(BenchmarkResult& result) {
    std::ranges::sort(rates_);
    result.throughput = rates_[rates_.size() / 2];
  }

 private:
  ov::CompiledModel compiled_;
  std::vector<ov::InferRequest> requests_;
  std::vector<double> rates_;
};

/// Runs `Measure` on every subject, in turns, for `seconds` each.
template <typename Measure>
void measure(const std::vector<Subject>& subjects, double seconds, const RunOptions& options,
             const Stop& is_cancelled, std::vector<BenchmarkResult>& results) {
  std::vector<Measure> running;
  for (const Subject& subject : subjects) {
    stop_if(is_cancelled);
    running.emplace_back(subject, options);
  }
  const auto turns = static_cast<std::size_t>(std::max(1.0, seconds / turn_seconds + 0.5));
  for (std::size_t i = 0; i < turns; ++i)
    for (Measure& one : running) one.turn(turn_seconds, is_cancelled);
  for (std::size_t i = 0; i < running.size(); ++i) running[i].store(results[i]);
}

}  // namespace
}  // namespace runtime

std::vector<BenchmarkResult> benchmark(const std::vector<Model>& models, double seconds,
                                       const RunOptions& options,
                                       const std::function<bool()>& is_cancelled) {
  std::vector<runtime::Subject> subjects;
  for (const Model& model : models) subjects.push_back(runtime::subject_of(model, options));
  std::vector<BenchmarkResult> results(models.size());
  const auto measure_all = [&] {
    runtime::measure<runtime::Latency>(subjects, seconds, options, is_cancelled, results);
    runtime::measure<runtime::Throughput>(subjects, seconds, options, is_cancelled, results);
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      runtime::stop_if(is_cancelled);
      results[i].layers = runtime::profile(subjects[i], options, runtime::profiled_runs);
    }
  };
  runtime::guarded("run the model", measure_all,
                   options.example ? "Check that the device and the options fit the model"
                                   : "If the model's shapes are dynamic, give data to run it on");
  return results;
}

BenchmarkResult benchmark(const Model& model, double seconds, const RunOptions& options) {
  return benchmark(std::vector<Model>{model}, seconds, options).at(0);
}

}  // namespace octet
