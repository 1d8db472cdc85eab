#pragma once

#include <memory>

#include <openvino/runtime/compiled_model.hpp>

#include "core/memory.hpp"
#include "octet/runtime.hpp"

namespace octet::runtime {

/// Compiles as `options` say, `extra` on top. Throws `Error` (invalid_argument, runtime_failed).
ov::CompiledModel compile(const std::shared_ptr<const ov::Model>& graph, const RunOptions& options,
                          const ov::AnyMap& extra = {});

/// As many samples as the CPU runs at a time, each on a thread of its own.
std::size_t most_streams();
/// Compiles for the CPU, in FP32 where the graph is not quantized, to run that many samples at a
/// time, each on one thread: what comes of a sample does not depend on their number. Throws `Error`
/// (runtime_failed).
ov::CompiledModel compile_streams(const std::shared_ptr<const ov::Model>& graph,
                                  std::size_t streams);

/// `graph` for the shapes of `inputs`, its first ones; itself where its shapes are fixed already,
/// or where it cannot be reshaped: the plugin then takes shapes as they come.
std::shared_ptr<const ov::Model> fitted(const std::shared_ptr<const ov::Model>& graph,
                                        const std::vector<ov::Tensor>& inputs);

/// A graph with what it is to run on. Dynamic dimensions are those of the inputs; a graph that
/// cannot be reshaped stays dynamic.
struct Subject {
  std::shared_ptr<const ov::Model> graph;
  std::vector<ov::Tensor> inputs;
};
/// Takes `options.example`, or noise. Throws `Error` (sample_mismatch).
Subject subject_of(const Model& model, const RunOptions& options);

/// Calls `action`; what OpenVINO throws becomes an `Error` (runtime_failed, out_of_memory).
template <typename Action>
auto guarded(const char* doing, Action action,
             const char* remedy = "Check that the device and the options fit the model")
    -> decltype(action()) {
  try {
    return action();
  } catch (const ov::Exception& error) {
    throw core::openvino_error(ErrorCode::runtime_failed, "runtime", "", doing, error, remedy);
  }
}

}  // namespace octet::runtime
