#include "statistics/runner.hpp"

#include <map>
#include <set>

#include "core/tensor_values.hpp"
#include "runtime/compile.hpp"
#include "statistics/channels_last.hpp"
#include "statistics/memory_plan.hpp"

namespace octet::statistics {
namespace {

/// The nodes that `ends` depend on.
std::set<const ov::Node*> needed_for(const ov::NodeVector& ends) {
  std::set<const ov::Node*> needed;
  std::vector<const ov::Node*> open;
  for (const auto& end : ends) open.push_back(end.get());
  while (!open.empty()) {
    const ov::Node* node = open.back();
    open.pop_back();
    if (!needed.insert(node).second) continue;
    for (const auto& input : node->input_values()) open.push_back(input.get_node());
  }
  return needed;
}

/// Makes an observer of every watched tensor a result of `graph`, and nothing else, but for the
/// outputs where they are wanted: what they do not depend on is not computed. States that are
/// written stay. `inputs` tells which parameters are left.
std::shared_ptr<ov::Model> observed(const std::shared_ptr<ov::Model>& graph,
                                    const std::vector<Watch>& watches, bool wants_outputs,
                                    const std::shared_ptr<Observer::Spent>& spent,
                                    std::vector<std::size_t>& inputs) {
  std::map<std::string, std::shared_ptr<ov::Node>> nodes;
  for (const auto& node : graph->get_ordered_ops()) nodes.emplace(node->get_friendly_name(), node);
  ov::ResultVector results;
  ov::NodeVector ends;
  const auto last = channels_last_nodes(*graph);
  for (std::size_t i = 0; i < watches.size(); ++i) {
    ov::Output<ov::Node> tensor =
        nodes.at(watches[i].tensor.node)->output(watches[i].tensor.output);
    Measures measures = watches[i].measures;
    // The runtime need not move anything for this order: it is the one that it has the values in.
    if (last.count(tensor.get_node()) != 0 && (!measures.axis || *measures.axis == 1)) {
      tensor = channels_last(tensor);
      if (measures.axis) measures.axis = tensor.get_partial_shape().size() - 1;
    }
    results.push_back(std::make_shared<ov::op::v0::Result>(std::make_shared<Observer>(
        tensor, static_cast<std::int64_t>(i), measures, watches[i].distribution, spent)));
    ends.push_back(results.back());
  }
  if (wants_outputs) {
    const ov::ResultVector& outputs = graph->get_results();
    results.insert(results.end(), outputs.begin(), outputs.end());
    ends.insert(ends.end(), outputs.begin(), outputs.end());
  }
  const ov::SinkVector sinks = graph->get_sinks();
  ends.insert(ends.end(), sinks.begin(), sinks.end());
  const std::set<const ov::Node*> needed = needed_for(ends);
  ov::ParameterVector parameters;
  for (std::size_t i = 0; i < graph->get_parameters().size(); ++i) {
    const auto& parameter = graph->get_parameters()[i];
    if (needed.count(parameter.get()) == 0) continue;
    parameters.push_back(parameter);
    inputs.push_back(i);
  }
  return std::make_shared<ov::Model>(results, sinks, parameters, graph->get_variables());
}

std::vector<ov::PartialShape> shapes_of(const BoundSample& sample) {
  std::vector<ov::PartialShape> shapes;
  for (const ov::Tensor& tensor : sample.inputs) shapes.emplace_back(tensor.get_shape());
  return shapes;
}

std::shared_ptr<ov::Model> reshaped(const ov::Model& model,
                                    const std::vector<ov::PartialShape>& shapes) {
  const auto clone = model.clone();
  std::map<ov::Output<ov::Node>, ov::PartialShape> wanted;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    if (clone->get_parameters()[i]->get_partial_shape() != shapes[i])
      wanted[clone->get_parameters()[i]] = shapes[i];
  if (!wanted.empty()) clone->reshape(wanted);
  return clone;
}

}  // namespace

Runner::Runner(const Model& model, Plan& plan, const BoundSample& first,
               const CalibrationOptions& options, std::size_t keep, core::Stopwatch& stopwatch)
    : model_(model),
      plan_(plan),
      stopwatch_(stopwatch),
      fixed_shapes_(shapes_of(first)),
      keep_(keep) {
  kept_.reserve(keep_);
  const Observed observed = observe(fixed_shapes_);
  const MemoryPlan memory = plan_memory(
      memory_needs(*observed.graph, plan.watches(), keep_),
      options.threads == 0 ? runtime::most_streams() : options.threads, options.max_memory);
  if (options.on_memory) options.on_memory(memory);
  streams_ = memory.streams;
  slots_.resize(memory.samples_in_flight);
  fixed_ = compile(observed);
}

Runner::~Runner() {
  for (Slot& slot : slots_) {
    if (!slot.running) continue;
    try {
      slot.running->cancel();
      slot.running->wait();
    } catch (const ov::Exception&) {
      // The run is given up: what became of this sample no longer matters.
    }
  }
}

Runner::Observed Runner::observe(const std::vector<ov::PartialShape>& shapes) const {
  const core::Stopwatch::Running running(stopwatch_, "calibration/compile");
  Observed result;
  result.graph = runtime::guarded("fit the model to the samples", [&] {
    return observed(reshaped(*model_.graph, shapes), plan_.watches(), keep_ > 0, spent_,
                    result.inputs);
  });
  return result;
}

Runner::Compiled Runner::compile(const Observed& observed) const {
  const core::Stopwatch::Running running(stopwatch_, "calibration/compile");
  return {runtime::compile_streams(observed.graph, streams_), observed.inputs,
          !observed.graph->get_variables().empty()};
}

void Runner::start(const BoundSample& sample) {
  Slot& slot = slots_[next_];
  next_ = (next_ + 1) % slots_.size();
  collect(slot);
  const bool is_fixed = shapes_of(sample) == fixed_shapes_;
  if (!is_fixed && !open_.model) {
    std::vector<ov::PartialShape> shapes;
    for (const auto& parameter : model_.graph->get_parameters())
      shapes.push_back(parameter->get_partial_shape());
    open_ = compile(observe(shapes));
  }
  const core::Stopwatch::Running running(stopwatch_, "calibration/start");
  Compiled& compiled = is_fixed ? fixed_ : open_;
  ov::InferRequest& request = is_fixed ? slot.fixed : slot.open;
  runtime::guarded("run the calibration", [&] {
    if (!request) request = compiled.model.create_infer_request();
    for (std::size_t i = 0; i < compiled.inputs.size(); ++i)
      request.set_input_tensor(i, sample.inputs[compiled.inputs[i]]);
    if (compiled.has_state) request.reset_state();
    request.start_async();
  });
  slot.running = &request;
  slot.name = sample.name;
  slot.kept = nullptr;
  if (kept_.size() == keep_) return;
  slot.kept = &kept_.emplace_back();
  for (const ov::Tensor& input : sample.inputs) slot.kept->inputs.push_back(core::copy_of(input));
}

void Runner::finish() {
  for (std::size_t i = 0; i < slots_.size(); ++i) collect(slots_[(next_ + i) % slots_.size()]);
  stopwatch_.add("calibration/measure", static_cast<double>(spent_->exchange(0)) * 1e-9);
}

void Runner::collect(Slot& slot) {
  if (!slot.running) return;
  ov::InferRequest& request = *slot.running;
  slot.running = nullptr;
  stopwatch_.time("calibration/wait",
                  [&] { runtime::guarded("run the calibration", [&] { request.wait(); }); });
  const core::Stopwatch::Running running(stopwatch_, "calibration/collect");
  for (std::size_t w = 0; w < plan_.watches().size(); ++w) {
    const Watch& watch = plan_.watches()[w];
    const ov::Tensor record = request.get_output_tensor(w);
    const std::span<const double> values(reinterpret_cast<const double*>(record.data()),
                                         record.get_byte_size() / sizeof(double));
    const std::vector<SampleView> samples = samples_of(watch.measures, values);
    for (const SampleView& sample : samples) {
      if (!sample.is_finite)
        throw Error(ErrorCode::sample_not_finite, "statistics",
                    model_.sources.describe(watch.tensor.node),
                    "its output holds NaN or infinity for " + slot.name,
                    "Check the sample, and that the model works in FP32");
      if (sample.count != 0) plan_.add(w, sample);
    }
    if (slot.kept) plan_.keep(w, samples, *slot.kept);
  }
  for (std::size_t i = 0; slot.kept && i < model_.graph->get_output_size(); ++i)
    slot.kept->outputs.push_back(
        core::copy_of(request.get_output_tensor(plan_.watches().size() + i)));
}

}  // namespace octet::statistics
