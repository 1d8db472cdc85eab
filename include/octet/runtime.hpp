#pragma once

#include <map>
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
  std::size_t threads = 0;  ///< 0: the plugin's choice
  std::map<std::string, std::string> config;  ///< further OpenVINO properties
};

/// Compiles `model` and tells what each layer runs in. Inputs with dynamic dimensions are fixed to
/// the data's first item, or to 1.
OCTET_API std::vector<ExecutedLayer> executed_layers(const Model& model,
                                                     const RunOptions& options = {});

struct BenchmarkResult {
  double median_ms = 0, p10_ms = 0, p90_ms = 0;  ///< latency, one request, synchronous
  double throughput = 0;                         ///< items a second, requests for throughput
  std::size_t iterations = 0;
  double compile_ms = 0;
  std::vector<ExecutedLayer> layers;
};
/// Times `seconds` of latency and as much of throughput.
OCTET_API BenchmarkResult benchmark(const Model& model, double seconds,
                                    const RunOptions& options = {});

/// Runs one item; the outputs in the model's order.
OCTET_API std::vector<ov::Tensor> run(const Model& model, const Sample& sample,
                                      const RunOptions& options = {});

}  // namespace octet
