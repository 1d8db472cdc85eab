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

namespace octet {
namespace runtime {
namespace {

using Clock = std::chrono::steady_clock;
using Stop = std::function<bool()>;

// Models take turns of this length.
constexpr double turn_seconds = 0.2;
constexpr std::size_t warm_up = 3, profiled_runs = 5;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void check(const Stop& is_cancelled) {
  if (is_cancelled && is_cancelled())
    throw Error(ErrorCode::cancelled, "runtime", "", "the benchmark was cancelled", "");
}

ov::InferRequest request_of(ov::CompiledModel& compiled, const Subject& subject) {
  ov::InferRequest request = compiled.create_infer_request();
  for (std::size_t i = 0; i < subject.inputs.size(); ++i)
    request.set_input_tensor(i, subject.inputs[i]);
  return request;
}

/// One request at a time.
class Latency {
 public:
  Latency(const Subject& subject, const RunOptions& options) {
    const auto begin = Clock::now();
    auto compiled = compile(subject.graph, options,
                            {{ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY)}});
    compile_ms_ = 1000 * seconds_since(begin);
    request_ = request_of(compiled, subject);
    for (std::size_t i = 0; i < warm_up; ++i) request_.infer();
  }

  void turn(const Stop& is_cancelled) {
    const auto begin = Clock::now();
    do {
      const auto start = Clock::now();
      request_.infer();
      times_ms_.push_back(1000 * seconds_since(start));
      check(is_cancelled);
    } while (seconds_since(begin) < turn_seconds);
  }

  void store(BenchmarkResult& result) {
    std::ranges::sort(times_ms_);
    const auto at = [&](double share) {
      return times_ms_[static_cast<std::size_t>(share * static_cast<double>(times_ms_.size() - 1) +
                                                0.5)];
    };
    result.median_ms = at(0.5);
    result.p10_ms = at(0.1);
    result.p90_ms = at(0.9);
    result.iterations = times_ms_.size();
    result.compile_ms = compile_ms_;
  }

 private:
  ov::InferRequest request_;
  std::vector<double> times_ms_;
  double compile_ms_ = 0;
};

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

  void turn(const Stop& is_cancelled) {
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
      check(is_cancelled);
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
    check(is_cancelled);
    running.emplace_back(subject, options);
  }
  const auto turns = static_cast<std::size_t>(std::max(1.0, seconds / turn_seconds + 0.5));
  for (std::size_t i = 0; i < turns; ++i)
    for (Measure& one : running) one.turn(is_cancelled);
  for (std::size_t i = 0; i < running.size(); ++i) running[i].store(results[i]);
}

/// Profiling slows a model down, so that it has a compilation of its own.
std::vector<ExecutedLayer> profile(const Subject& subject, const RunOptions& options) {
  auto compiled = compile(subject.graph, options,
                          {{ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY)},
                           {ov::enable_profiling(true)}});
  ov::InferRequest request = request_of(compiled, subject);
  for (std::size_t i = 0; i < profiled_runs; ++i) request.infer();
  return layers_of(compiled, *subject.graph);
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
      runtime::check(is_cancelled);
      results[i].layers = runtime::profile(subjects[i], options);
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
