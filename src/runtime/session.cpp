#include "runtime/session.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

#include <openvino/runtime/properties.hpp>

#include "runtime/compile.hpp"
#include "runtime/executed_layers.hpp"

namespace octet::runtime {
namespace {

using Clock = std::chrono::steady_clock;

/// Bytes of an input or output that is copied.
constexpr std::size_t most_copied = 16 * 1024;

}  // namespace

void SessionLimit::add(Session* session) {
  const std::lock_guard lock(mutex_);
  sessions_.push_back(session);
}

void SessionLimit::remove(Session* session) {
  const std::lock_guard lock(mutex_);
  std::erase(sessions_, session);
}

void SessionLimit::enforce(const Session* newest) {
  // No session holds its own lock while it waits for this one.
  const std::lock_guard lock(mutex_);
  std::vector<Session*> compiled;
  for (Session* session : sessions_)
    if (session->facts().is_compiled) compiled.push_back(session);
  std::ranges::sort(compiled, {}, [](const Session* session) { return session->last_run_.load(); });
  std::size_t excess = compiled.size() > most_ ? compiled.size() - most_ : 0;
  for (Session* session : compiled) {
    if (excess == 0) return;
    if (session == newest) continue;
    session->release();
    --excess;
  }
}

Session::Session(const Model& model, SessionOptions options)
    : graph_(with_axis_orders(model.graph, options.input_orders, options.output_orders)),
      options_(std::move(options)) {
  for (const auto& input : graph_->inputs()) input_types_.push_back(input.get_element_type());
  for (const auto& output : graph_->outputs()) output_types_.push_back(output.get_element_type());
  if (options_.limit) options_.limit->add(this);
}

Session::~Session() {
  if (options_.limit) options_.limit->remove(this);
}

void Session::compile() {
  compiled();
}

void Session::release() {
  const std::lock_guard lock(mutex_);
  compiled_.reset();
  facts_.is_compiled = false;
}

Session::Facts Session::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

std::vector<ExecutedLayer> Session::layers() {
  return layers_of(compiled()->model, *graph_);
}

std::shared_ptr<Session::Compiled> Session::compiled() {
  last_run_ = Clock::now().time_since_epoch().count();
  std::unique_lock lock(mutex_);
  if (compiled_) return compiled_;
  const auto begin = Clock::now();
  ov::AnyMap extra;
  if (!options_.cache_dir.empty()) extra.insert(ov::cache_dir(options_.cache_dir));
  auto fresh = std::make_shared<Compiled>();
  fresh->model = runtime::compile(graph_, options_.run, extra);
  const std::chrono::duration<double, std::milli> taken = Clock::now() - begin;
  facts_.compile_ms = taken.count();
  ++facts_.compiles;
  facts_.is_compiled = true;
  facts_.from_cache =
      !options_.cache_dir.empty() && fresh->model.get_property(ov::loaded_from_cache);
  compiled_ = fresh;
  lock.unlock();
  if (options_.limit) options_.limit->enforce(this);
  return fresh;
}

Session::Run Session::start() {
  return Run(*this, compiled());
}

Session::Run::Run(const Session& session, std::shared_ptr<Compiled> compiled)
    : session_(&session), compiled_(std::move(compiled)) {
  {
    const std::lock_guard lock(compiled_->mutex);
    if (!compiled_->idle.empty()) {
      request_ = std::move(compiled_->idle.back());
      compiled_->idle.pop_back();
      return;
    }
  }
  request_ = std::make_unique<Request>();
  request_->request =
      guarded("make a request", [&] { return compiled_->model.create_infer_request(); });
  request_->inputs.resize(session.input_types().size());
  request_->outputs.resize(session.output_types().size());
}

Session::Run::~Run() {
  if (!request_) return;
  const std::lock_guard lock(compiled_->mutex);
  compiled_->idle.push_back(std::move(request_));
}

bool Session::Run::set(Slot& slot, Setter setter, std::size_t index, ov::element::Type type,
                       void* data, const ov::Shape& shape) {
  const bool own = ov::shape_size(shape) * type.size() <= most_copied;
  if (slot.shape == shape && (own ? static_cast<bool>(slot.own) : slot.data == data)) return own;
  const ov::Tensor tensor = own ? ov::Tensor(type, shape) : ov::Tensor(type, shape, data);
  guarded("set an input or output", [&] { (request_->request.*setter)(index, tensor); });
  slot.own = own ? tensor : ov::Tensor();
  slot.data = own ? slot.own.data() : data;
  slot.shape = shape;
  return own;
}

void Session::Run::set_input(std::size_t index, void* data, const ov::Shape& shape) {
  Slot& slot = request_->inputs[index];
  if (set(slot, &ov::InferRequest::set_input_tensor, index, session_->input_types_[index], data,
          shape) &&
      slot.own.get_byte_size() != 0)
    std::memcpy(slot.data, data, slot.own.get_byte_size());
}

void Session::Run::set_output(std::size_t index, void* data, const ov::Shape& shape) {
  Slot& slot = request_->outputs[index];
  const bool own = set(slot, &ov::InferRequest::set_output_tensor, index,
                       session_->output_types_[index], data, shape);
  slot.destination = own ? data : nullptr;
}

void Session::Run::infer() {
  guarded("run the model", [&] { request_->request.infer(); });
  for (Slot& slot : request_->outputs)
    if (slot.destination && slot.own.get_byte_size() != 0)
      std::memcpy(slot.destination, slot.data, slot.own.get_byte_size());
}

ov::Tensor Session::Run::output(std::size_t index) {
  return guarded("read an output", [&] { return request_->request.get_output_tensor(index); });
}

}  // namespace octet::runtime
