#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <pybind11/pybind11.h>

#include "runtime/session.hpp"
#include "torch_memory.hpp"

namespace octet::python {

/// One compiled graph as torch calls it: tensors in, tensors out, their memory shared with OpenVINO
/// where it lies as the graph was compiled for. Safe to call from many threads.
class TorchCall {
 public:
  enum class InputKind { tensor, integer, real, boolean };
  struct Input {
    std::size_t argument;  ///< place among the arguments
    InputKind kind;
    runtime::AxisOrder order;  ///< in which the graph takes it; empty: row-major
  };

  /// A tensor whose values are in the graph: an argument, or an entry of a module's dictionary.
  struct Weight {
    std::optional<std::size_t> argument;
    py::object owner, key;
  };

  /// A size of an output: known, or that of an input's axis, or unknown until the graph has run.
  struct Size {
    std::int64_t known = -1;
    std::size_t input = 0, axis = 0;  ///< where `known` is negative; `input` may be `nowhere`
  };
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
  struct Output {
    std::vector<Size> sizes;
    runtime::AxisOrder order;
    py::object element_type;                ///< torch's
    py::object fixed_sizes, fixed_strides;  ///< where all sizes are known
    bool is_preallocated = false;           ///< all sizes are known before the graph has run
  };

  /// What is returned, in order: an output of the graph, an argument or some object.
  struct Result {
    std::optional<std::size_t> output, argument;
    bool is_number = false;  ///< the output is Python's number, not a tensor
    py::object value;
  };

  struct Torch {
    TorchMemory memory;
    py::object empty_strided;
  };

  TorchCall(std::shared_ptr<runtime::Session> session, Torch torch, std::vector<Input> inputs,
            std::vector<Weight> weights, WatchedTensors watched, std::vector<Output> outputs,
            std::vector<Result> results, py::object changed);
  ~TorchCall();

  using Values = std::span<PyObject* const>;
  /// Where a weight is another than it was compiled with, calls `changed` in its stead.
  py::object call(Values arguments);

  /// Sums since the graph was made, in nanoseconds; `running` is OpenVINO's part.
  struct Times {
    std::uint64_t calls, total, running;
  };
  Times times() const;

 private:
  struct Memory {
    void* data = nullptr;
    ov::Shape shape;  ///< in the order of memory
  };
  struct Arguments;
  class Borrowed;

  bool is_current(Values arguments) const;
  void read_inputs(Values arguments, Arguments& read) const;
  void make_outputs(Arguments& read) const;
  py::object make_output(const Output& output, const std::vector<std::int64_t>& sizes) const;
  std::uint64_t run(Arguments& read);
  py::object collect(Values arguments, Arguments& read) const;

  std::shared_ptr<runtime::Session> session_;
  Torch torch_;
  std::vector<Input> inputs_;
  std::vector<Weight> weights_;
  WatchedTensors watched_;
  std::vector<Output> outputs_;
  std::vector<Result> results_;
  py::object changed_;
  std::vector<std::unique_ptr<Arguments>> spare_;  ///< of calls that ended; the GIL guards it
  std::atomic<std::uint64_t> calls_{0}, total_{0}, running_{0};
};

}  // namespace octet::python
