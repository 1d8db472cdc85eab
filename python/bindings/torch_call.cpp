#include "torch_call.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "octet/error.hpp"

namespace octet::python {
namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t nanoseconds_since(Clock::time_point begin) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count());
}

py::tuple to_tuple(const std::vector<std::int64_t>& numbers) {
  py::tuple tuple(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) tuple[i] = py::int_(numbers[i]);
  return tuple;
}

/// Of the axes, for sizes that lie in this order without gaps.
std::vector<std::int64_t> strides_of(const std::vector<std::int64_t>& sizes,
                                     const runtime::AxisOrder& order) {
  std::vector<std::int64_t> strides(sizes.size());
  std::int64_t stride = 1;
  for (std::size_t place = sizes.size(); place-- > 0;) {
    const std::size_t axis = order.empty() ? place : order[place];
    strides[axis] = stride;
    stride *= std::max<std::int64_t>(sizes[axis], 1);
  }
  return strides;
}

/// Sets `shape` to the sizes in the order of memory.
template <typename Sizes>
void set_in_memory(ov::Shape& shape, const Sizes& sizes, std::size_t rank,
                   const runtime::AxisOrder& order) {
  shape.resize(rank);
  for (std::size_t place = 0; place < rank; ++place)
    shape[place] = static_cast<std::size_t>(sizes[order.empty() ? place : order[place]]);
}

}  // namespace

struct TorchCall::Arguments {
  std::vector<Memory> inputs, outputs;
  std::vector<std::vector<std::int64_t>> input_sizes;
  std::vector<py::object> copies;            ///< of inputs, alive while the graph runs
  std::vector<std::uint64_t> numbers;        ///< memory of inputs that are Python's
  std::vector<py::object> results;           ///< torch's tensors
  std::optional<runtime::Session::Run> run;  ///< alive while outputs of its own are read
};

/// What a call needs for itself, of an earlier call where there is one: to allocate it takes as
/// long as to read the arguments.
class TorchCall::Borrowed {
 public:
  explicit Borrowed(TorchCall& call) : call_(call) {
    if (call.spare_.empty()) {
      arguments_ = std::make_unique<Arguments>();
    } else {
      arguments_ = std::move(call.spare_.back());
      call.spare_.pop_back();
    }
  }
  ~Borrowed() {
    arguments_->run.reset();
    arguments_->copies.clear();
    arguments_->results.clear();
    call_.spare_.push_back(std::move(arguments_));
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  Arguments& operator*() { return *arguments_; }

 private:
  TorchCall& call_;
  std::unique_ptr<Arguments> arguments_;
};

TorchCall::TorchCall(std::shared_ptr<runtime::Session> session, Torch torch,
                     std::vector<Input> inputs, std::vector<Weight> weights, WatchedTensors watched,
                     std::vector<Output> outputs, std::vector<Result> results, py::object changed)
    : session_(std::move(session)),
      torch_(std::move(torch)),
      inputs_(std::move(inputs)),
      weights_(std::move(weights)),
      watched_(std::move(watched)),
      outputs_(std::move(outputs)),
      results_(std::move(results)),
      changed_(std::move(changed)) {
  if (inputs_.size() != session_->input_types().size() ||
      outputs_.size() != session_->output_types().size() || weights_.size() != watched_.size())
    throw Error(ErrorCode::internal, "torch", "", "a compiled graph does not fit its description",
                "Please report it");
  for (Output& output : outputs_) {
    std::vector<std::int64_t> sizes;
    bool is_fixed = true;
    output.is_preallocated = true;
    for (const Size& size : output.sizes) {
      is_fixed = is_fixed && size.known >= 0;
      output.is_preallocated = output.is_preallocated && (size.known >= 0 || size.input != nowhere);
      sizes.push_back(size.known);
    }
    if (!is_fixed) continue;
    output.fixed_sizes = to_tuple(sizes);
    output.fixed_strides = to_tuple(strides_of(sizes, output.order));
  }
}

TorchCall::~TorchCall() = default;

bool TorchCall::is_current(Values arguments) const {
  watched_.prefetch();
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const Weight& weight = weights_[i];
    PyObject* now = weight.argument ? arguments[*weight.argument]
                                    : PyDict_GetItemWithError(weight.owner.ptr(), weight.key.ptr());
    if (!now || !watched_.is_same(torch_.memory, i, now)) return false;
  }
  return true;
}

void TorchCall::read_inputs(Values arguments, Arguments& read) const {
  read.inputs.resize(inputs_.size());
  read.input_sizes.resize(inputs_.size());
  read.numbers.resize(inputs_.size());
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const Input& input = inputs_[i];
    PyObject* given = arguments[input.argument];
    Memory& memory = read.inputs[i];
    if (input.kind != InputKind::tensor) {
      if (input.kind == InputKind::real) {
        const float number = py::handle(given).cast<float>();
        std::memcpy(&read.numbers[i], &number, sizeof number);
      } else {
        const std::int64_t number = py::handle(given).cast<std::int64_t>();
        std::memcpy(&read.numbers[i], &number, sizeof number);
      }
      memory.data = &read.numbers[i];
      memory.shape.clear();
      continue;
    }
    dlpack::Tensor tensor = torch_.memory.borrow(given);
    if (!is_dense(tensor, input.order)) {
      py::object copy = py::reinterpret_borrow<py::object>(given).attr("detach")();
      if (!input.order.empty()) copy = copy.attr("permute")(py::cast(input.order));
      copy = copy.attr("contiguous")();
      if (!input.order.empty()) {
        // Back to the order of the axes that the sizes below are in.
        std::vector<std::size_t> back(input.order.size());
        for (std::size_t place = 0; place < back.size(); ++place) back[input.order[place]] = place;
        copy = copy.attr("permute")(py::cast(back));
      }
      tensor = torch_.memory.borrow(copy.ptr());
      read.copies.push_back(std::move(copy));
    }
    memory.data = static_cast<char*>(tensor.data) + tensor.byte_offset;
    set_in_memory(memory.shape, tensor.shape, static_cast<std::size_t>(tensor.ndim), input.order);
    read.input_sizes[i].assign(tensor.shape, tensor.shape + tensor.ndim);
  }
}

py::object TorchCall::make_output(const Output& output,
                                  const std::vector<std::int64_t>& sizes) const {
  static const auto* names = new py::tuple(py::make_tuple("dtype"));
  const bool is_fixed = static_cast<bool>(output.fixed_sizes);
  const py::object shape = is_fixed ? output.fixed_sizes : to_tuple(sizes);
  const py::object strides =
      is_fixed ? output.fixed_strides : to_tuple(strides_of(sizes, output.order));
  PyObject* arguments[] = {shape.ptr(), strides.ptr(), output.element_type.ptr()};
  auto made = py::reinterpret_steal<py::object>(
      PyObject_Vectorcall(torch_.empty_strided.ptr(), arguments, 2, names->ptr()));
  if (!made) throw py::error_already_set();
  return made;
}

void TorchCall::make_outputs(Arguments& read) const {
  read.results.resize(outputs_.size());
  read.outputs.resize(outputs_.size());
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const Output& output = outputs_[i];
    if (!output.is_preallocated) continue;
    std::vector<std::int64_t> sizes;
    for (const Size& size : output.sizes)
      sizes.push_back(size.known >= 0 ? size.known : read.input_sizes[size.input].at(size.axis));
    read.results[i] = make_output(output, sizes);
    const dlpack::Tensor tensor = torch_.memory.borrow(read.results[i].ptr());
    read.outputs[i].data = tensor.data;
    set_in_memory(read.outputs[i].shape, sizes, sizes.size(), output.order);
  }
}

std::uint64_t TorchCall::run(Arguments& read) {
  const py::gil_scoped_release released;
  read.run.emplace(session_->start());
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    read.run->set_input(i, read.inputs[i].data, read.inputs[i].shape);
  for (std::size_t i = 0; i < outputs_.size(); ++i)
    if (outputs_[i].is_preallocated)
      read.run->set_output(i, read.outputs[i].data, read.outputs[i].shape);
  const auto begin = Clock::now();
  read.run->infer();
  return nanoseconds_since(begin);
}

py::object TorchCall::collect(Values arguments, Arguments& read) const {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const Output& output = outputs_[i];
    if (output.is_preallocated) continue;
    const ov::Tensor made = read.run->output(i);
    const ov::Shape& shape = made.get_shape();
    std::vector<std::int64_t> sizes(shape.size());
    for (std::size_t place = 0; place < shape.size(); ++place)
      sizes[output.order.empty() ? place : output.order[place]] =
          static_cast<std::int64_t>(shape[place]);
    read.results[i] = make_output(output, sizes);
    if (made.get_byte_size() != 0)
      std::memcpy(torch_.memory.borrow(read.results[i].ptr()).data, made.data(),
                  made.get_byte_size());
  }
  py::tuple results(results_.size());
  for (std::size_t i = 0; i < results_.size(); ++i) {
    const Result& result = results_[i];
    if (result.output)
      results[i] = result.is_number ? read.results[*result.output].attr("item")()
                                    : read.results[*result.output];
    else
      results[i] = result.argument ? py::reinterpret_borrow<py::object>(arguments[*result.argument])
                                   : result.value;
  }
  return results;
}

py::object TorchCall::call(Values arguments) {
  const auto begin = Clock::now();
  if (!is_current(arguments)) {
    auto results = py::reinterpret_steal<py::object>(
        PyObject_Vectorcall(changed_.ptr(), arguments.data(), arguments.size(), nullptr));
    if (!results) throw py::error_already_set();
    return results;
  }
  Borrowed borrowed(*this);
  Arguments& read = *borrowed;
  read_inputs(arguments, read);
  make_outputs(read);
  const std::uint64_t running = run(read);
  py::object results = collect(arguments, read);
  calls_ += 1;
  running_ += running;
  total_ += nanoseconds_since(begin);
  return results;
}

TorchCall::Times TorchCall::times() const {
  return {calls_, total_, running_};
}

}  // namespace octet::python
