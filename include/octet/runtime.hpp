#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "octet/dataset.hpp"
#include "octet/model.hpp"

namespace octet {

/// One node of the graph that the plugin really executes.
struct ExecutedLayer {
  std::string name;                    ///< name in the executable graph
  std::vector<std::string> originals;  ///< friendly names of the model's nodes that it implements
  std::string type;                    ///< plugin's layer type, such as "Convolution"
  std::string precision;               ///< precision it ran in: "i8", "u8", "f32", "bf16", …
  std::string kernel;                  ///< plugin's primitive, such as "brgconv_avx512_amx_I8"
  double milliseconds = 0;             ///< 0 where not measured
};

struct RunOptions {
  std::string device = "CPU";
  /// "f32", "bf16", "f16", or "auto": the plugin's choice.
  std::string precision = "auto";
  std::size_t threads = 0;                    ///< 0: the plugin's choice
  std::map<std::string, std::string> config;  ///< further OpenVINO properties
  /// What `benchmark` and `executed_layers` run on. Unset: noise, whose dynamic dimensions are 1
  /// (the batch), 224 (sides of an image) or 16, within the model's bounds.
  std::optional<Sample> example;
};

/// Compiles `model` for the shapes of `options.example` and tells what each layer runs in.
OCTET_API std::vector<ExecutedLayer> executed_layers(const Model& model,
                                                     const RunOptions& options = {});

struct BenchmarkResult {
  double median_ms = 0, p10_ms = 0, p90_ms = 0;  ///< latency, one request, synchronous
  double throughput = 0;                         ///< items a second, requests for throughput
  std::size_t iterations = 0;
  double compile_ms = 0;
  std::vector<ExecutedLayer> layers;
};
/// Times `seconds` of latency and as much of throughput for each model. Several models take turns,
/// so that what disturbs the machine disturbs all of them. `is_cancelled` is polled.
OCTET_API std::vector<BenchmarkResult> benchmark(const std::vector<Model>& models, double seconds,
                                                 const RunOptions& options = {},
                                                 const std::function<bool()>& is_cancelled = {});
OCTET_API BenchmarkResult benchmark(const Model& model, double seconds,
                                    const RunOptions& options = {});

/// Runs one item; the outputs in the model's order. Throws `Error` (sample_mismatch,
/// runtime_failed).
OCTET_API std::vector<ov::Tensor> run(const Model& model, const Sample& sample,
                                      const RunOptions& options = {});

}  // namespace octet
