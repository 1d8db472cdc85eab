#pragma once

#include <memory>

#include <openvino/runtime/compiled_model.hpp>

#include "core/memory.hpp"
#include "octet/runtime.hpp"

namespace octet::runtime {

/// Compiles as `options` say, `extra` on top. Throws `Error` (invalid_argument, runtime_failed).
ov::CompiledModel compile(const std::shared_ptr<const ov::Model>& graph, const RunOptions& options,
                          const ov::AnyMap& extra = {});

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
