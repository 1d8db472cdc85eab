#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/infer_request.hpp>
#include <openvino/runtime/tensor.hpp>
#include "octet/export.hpp"

namespace octet::runtime {

/// Tensors in the order of a model's inputs or outputs.
using Tensors = std::vector<ov::Tensor>;

/// Runs samples through a graph on the CPU, in FP32 where it is not quantized, from fresh states.
/// Each sample runs on one thread, several samples at a time, so that the outputs do not depend on
/// the number of threads.
class SampleRunner {
 public:
  /// The graph is compiled, for the samples' shapes where all have the same. `threads`: 0 for all
  /// cores. Inputs of the graph behind those of the samples are given to `run`. Throws `Error`
  /// (runtime_failed).
  SampleRunner(const std::shared_ptr<const ov::Model>& graph, std::vector<Tensors> samples,
               std::size_t threads);
  /// The outputs for each sample. `rest`: the same further inputs for all. `count`: the first
  /// samples only.
  std::vector<Tensors> run(const Tensors& rest, std::size_t count);
  std::vector<Tensors> run() { return run({}, samples_.size()); }

 private:
  std::vector<Tensors> samples_;
  bool has_state_;
  std::size_t output_count_ = 0;
  std::vector<ov::InferRequest> requests_;
};

/// Runs all samples once.
OCTET_API std::vector<Tensors> run_samples(const std::shared_ptr<const ov::Model>& graph,
                                           const std::vector<Tensors>& samples,
                                           std::size_t threads);

}  // namespace octet::runtime
