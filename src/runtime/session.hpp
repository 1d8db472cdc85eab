#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/infer_request.hpp>

#include "octet/model.hpp"
#include "octet/runtime.hpp"

namespace octet::runtime {

/// A tensor's axes from the slowest to the fastest in memory: {0, 2, 3, 1} for channels last.
/// Empty: row-major.
using AxisOrder = std::vector<std::size_t>;

class Session;

/// Bounds how many of some sessions are compiled at a time: beyond it, the one that was not run for
/// the longest time is released.
class OCTET_API SessionLimit {
 public:
  explicit SessionLimit(std::size_t most) : most_(most) {}

 private:
  friend class Session;
  void add(Session* session);
  void remove(Session* session);
  /// Called after `newest` was compiled.
  void enforce(const Session* newest);

  std::size_t most_;
  std::mutex mutex_;
  std::vector<Session*> sessions_;
};

struct SessionOptions {
  RunOptions run;
  std::shared_ptr<SessionLimit> limit;  ///< or none
  std::string cache_dir;                ///< where compiled models are kept; empty: no
  std::vector<AxisOrder> input_orders, output_orders;  ///< of each; empty: all row-major
};

/// A model that is compiled when it is first needed, and run from many threads at once. Inputs and
/// outputs are memory of the caller's, in the orders that the options say; shapes here are those in
/// memory: for channels last {batch, height, width, channels}.
class OCTET_API Session {
 public:
  /// Throws `Error` (invalid_argument).
  Session(const Model& model, SessionOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Compiles now. Does nothing where that is done. Throws `Error` (runtime_failed).
  void compile();
  /// Gives the compiled model up, and with it most of the memory. The next run compiles again.
  void release();

  /// What is known of the compiled model.
  struct Facts {
    double compile_ms = 0;  ///< of the last time
    std::size_t compiles = 0;
    bool is_compiled = false;
    bool from_cache = false;  ///< it was read from `cache_dir`
  };
  Facts facts() const;
  /// What runs in which precision; compiles where needed.
  std::vector<ExecutedLayer> layers();

  const std::vector<ov::element::Type>& input_types() const { return input_types_; }
  const std::vector<ov::element::Type>& output_types() const { return output_types_; }
  const ov::Model& graph() const { return *graph_; }

 private:
  friend class SessionLimit;
  struct Slot {  // what a request has as one input or output
    void* data = nullptr;
    ov::Shape shape;
    ov::Tensor own;               ///< of a small one: `data` is its memory
    void* destination = nullptr;  ///< the caller's memory for a small output of this run
  };
  struct Request {
    ov::InferRequest request;
    std::vector<Slot> inputs, outputs;
  };
  struct Compiled {  // a release leaves it to the runs that hold it
    ov::CompiledModel model;
    std::mutex mutex;
    std::vector<std::unique_ptr<Request>> idle;
  };

 public:
  /// One run: a request of the session's own for as long as it lives.
  class OCTET_API Run {
   public:
    ~Run();
    Run(Run&&) = default;
    Run& operator=(Run&&) = delete;

    /// The memory must live until `infer` returns. What is small is copied, which takes less time
    /// than to tell OpenVINO of other memory.
    void set_input(std::size_t index, void* data, const ov::Shape& shape);
    /// Where an output is set in one run of a session, it must be in all.
    void set_output(std::size_t index, void* data, const ov::Shape& shape);
    void infer();
    /// An output that was not set. Valid until the run ends.
    ov::Tensor output(std::size_t index);

   private:
    friend class Session;
    Run(const Session& session, std::shared_ptr<Compiled> compiled);
    using Setter = void (ov::InferRequest::*)(std::size_t, const ov::Tensor&);
    /// Whether it is small, and so in memory of the request's own.
    bool set(Slot& slot, Setter setter, std::size_t index, ov::element::Type type, void* data,
             const ov::Shape& shape);

    const Session* session_;
    std::shared_ptr<Compiled> compiled_;
    std::unique_ptr<Request> request_;
  };
  /// Compiles where needed.
  Run start();

 private:
  std::shared_ptr<Compiled> compiled();

  std::shared_ptr<ov::Model> graph_;  ///< in the orders of memory
  SessionOptions options_;
  std::vector<ov::element::Type> input_types_, output_types_;
  mutable std::mutex mutex_;
  std::shared_ptr<Compiled> compiled_;
  Facts facts_;
  std::atomic<std::int64_t> last_run_{0};  ///< of the steady clock
};

/// The model with its inputs and outputs in these orders; weights are shared. Throws `Error`
/// (invalid_argument) where an order is no permutation of the axes.
std::shared_ptr<ov::Model> with_axis_orders(const std::shared_ptr<ov::Model>& graph,
                                            const std::vector<AxisOrder>& inputs,
                                            const std::vector<AxisOrder>& outputs);

}  // namespace octet::runtime
