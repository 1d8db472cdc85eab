#pragma once

#include <memory>

#include <openvino/runtime/compiled_model.hpp>

#include "octet/runtime.hpp"

namespace octet::runtime {

/// Compiles as `options` say, `extra` on top. Throws `Error` (invalid_argument, runtime_failed).
ov::CompiledModel compile(const std::shared_ptr<const ov::Model>& graph, const RunOptions& options,
                          const ov::AnyMap& extra = {});

/// The graph, or a clone whose inputs have the shapes of `core::example_shape` where dimensions are
/// dynamic. A graph that cannot be reshaped stays dynamic.
std::shared_ptr<const ov::Model> with_static_shapes(const std::shared_ptr<ov::Model>& graph);

/// Calls `action`; what OpenVINO throws becomes an `Error` (runtime_failed).
template <typename Action>
auto guarded(const char* doing, Action action) -> decltype(action()) {
  try {
    return action();
  } catch (const ov::Exception& error) {
    throw Error(ErrorCode::runtime_failed, "runtime", "",
                std::string("OpenVINO failed to ") + doing + ": " + error.what(),
                "Check that the device and the options fit the model");
  }
}

}  // namespace octet::runtime
