#include "import/aten/convert.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

#include <openvino/core/graph_util.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/convert_like.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/result.hpp>
#include <openvino/op/util/broadcast_base.hpp>
#include <openvino/pass/constant_folding.hpp>
#include <openvino/pass/manager.hpp>

#include "core/memory.hpp"
#include "import/aten/emitter.hpp"
#include "import/aten/frontend.hpp"
#include "import/aten/names.hpp"
#include "import/source_text.hpp"
#include "import/stored_sources.hpp"

namespace octet::importer::aten {
namespace {

/// One error for all operations, grouped by name and reason.
[[noreturn]] void fail(const Program& program, const std::vector<Refusal>& problems) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> groups;
  std::vector<UnsupportedNode> nodes;
  for (const Refusal& problem : problems) {
    const bool known = problem.source < program.nodes.size();
    std::string op = problem.op;
    if (known) {
      // A rewritten node is called what the user's graph calls it.
      const Node& node = program.nodes[problem.source];
      op = node.source.op_type.empty() ? node.target : node.source.op_type;
    }
    const std::string reason = problem.reason.empty()
                                   ? "OpenVINO has no conversion for '" + problem.op + "' here"
                                   : problem.reason;
    if (known) {
      const auto& outputs = program.nodes[problem.source].outputs;
      nodes.push_back({outputs.empty() ? "" : outputs.front().name, op, reason});
    }
    auto& places = groups[{std::move(op), reason}];
    if (known) places.insert(describe_source(program.nodes[problem.source].source));
  }
  constexpr std::size_t shown = 5;
  std::string text = std::to_string(problems.size()) +
                     (problems.size() == 1 ? " operation" : " operations") +
                     " of the model cannot be converted:";
  for (const auto& [group, places] : groups) {
    text += "\n  " + group.first + ": " + group.second;
    std::size_t count = 0;
    for (const std::string& place : places)
      if (++count <= shown) text += "\n    at " + place;
    if (count > shown) text += "\n    and at " + std::to_string(count - shown) + " more places";
  }
  throw UnsupportedNodes(program.origin, text + "\n", std::move(nodes));
}

/// Only the first refusals on each path: what they feed is refused for want of a shape.
std::vector<Refusal> root_causes(const ov::Model& model) {
  std::vector<Refusal> causes;
  std::unordered_set<const ov::Node*> tainted;
  for (const auto& node : model.get_ordered_ops()) {
    bool after_cause = false;
    for (const auto& input : node->input_values())
      after_cause = after_cause || tainted.contains(input.get_node());
    const auto refusal = refusal_of(*node);
    if (refusal && !after_cause) causes.push_back(*refusal);
    if (refusal || after_cause) tainted.insert(node.get());
  }
  return causes;
}

/// Takes out conversions to the type that a value has already. Folding would copy the weights that
/// they read, and lose whose weights they are.
void remove_idle_conversions(const std::shared_ptr<ov::Model>& model) {
  for (const auto& node : model->get_ordered_ops()) {
    const bool converts =
        ov::is_type<ov::op::v1::ConvertLike>(node) || ov::is_type<ov::op::v0::Convert>(node);
    if (!converts) continue;
    auto output = node->output(0);
    const ov::Output<ov::Node> source = node->input_value(0);
    const auto type = output.get_element_type();
    if (type.is_dynamic() || type != source.get_element_type()) continue;
    output.replace(source);  // which keeps the names of both
  }
}

/// The value that `output` repeats to fit its batch axes, or none. `other` is the shape of the
/// product's other operand.
std::optional<ov::Output<ov::Node>> repeated(const ov::Output<ov::Node>& output,
                                             const ov::PartialShape& other) {
  const ov::PartialShape& wide = output.get_partial_shape();
  if (wide.is_dynamic() || other.rank() != wide.rank()) return std::nullopt;
  ov::Output<ov::Node> source = output;
  while (ov::is_type<ov::op::v1::Reshape>(source.get_node()) &&
         source.get_node()->get_input_partial_shape(0) == wide)
    source = source.get_node()->input_value(0);
  const auto* broadcast = dynamic_cast<ov::op::util::BroadcastBase*>(source.get_node());
  if (!broadcast) return std::nullopt;
  const auto mode = broadcast->get_broadcast_spec().m_type;
  if (mode != ov::op::BroadcastType::NUMPY && mode != ov::op::BroadcastType::BIDIRECTIONAL)
    return std::nullopt;
  const ov::PartialShape& narrow = broadcast->get_input_partial_shape(0);
  if (narrow.is_dynamic() || narrow.size() < 2 || narrow.size() > wide.size()) return std::nullopt;
  const std::size_t missing = wide.size() - narrow.size();
  for (std::size_t i = 0; i < wide.size(); ++i) {
    const bool is_kept = i >= missing && narrow[i - missing] == wide[i];
    const bool is_given = i + 2 < wide.size() && other[i] == wide[i];
    if (!is_kept && !is_given) return std::nullopt;
  }
  return broadcast->input_value(0);
}

/// Takes out repetitions of an operand over the batch of a product, which MatMul does by itself.
/// Folding would write the copies of a weight out: gigabytes for vision transformers, whose linear
/// layers torch decomposes into products of batches.
void remove_idle_repetitions(const std::shared_ptr<ov::Model>& model) {
  for (const auto& node : model->get_ordered_ops()) {
    if (!ov::is_type<ov::op::v0::MatMul>(node)) continue;
    for (const std::size_t side : {0, 1})
      if (const auto source =
              repeated(node->input_value(side), node->get_input_partial_shape(1 - side)))
        node->input(side).replace_source_output(*source);
  }
}

/// The program's inputs in its order. The frontend takes a first input that nothing reads for a
/// module's `self` and leaves it out.
ov::ParameterVector inputs_of(const ov::Model& model, const Program& program) {
  ov::ParameterVector inputs;
  for (const Input& input : program.inputs) {
    const auto& given = model.get_parameters();
    const auto place = std::ranges::find_if(given, [&](const auto& parameter) {
      return parameter->output(0).get_names().contains(input.name);
    });
    inputs.push_back(place != given.end() ? *place
                                          : std::make_shared<ov::op::v0::Parameter>(
                                                input.meta.type, input.meta.shape));
  }
  return inputs;
}

/// The inputs, and one result for each of the program's outputs, in their order.
std::shared_ptr<ov::Model> arrange(const std::shared_ptr<ov::Model>& model, const Program& program,
                                   const Outputs& outputs) {
  const ov::ResultVector& given = model->get_results();
  ov::ResultVector results;
  std::set<std::size_t> used;
  for (std::size_t index : outputs.result_of)
    results.push_back(used.insert(index).second
                          ? given.at(index)
                          : std::make_shared<ov::op::v0::Result>(given.at(index)->input_value(0)));
  return std::make_shared<ov::Model>(results, inputs_of(*model, program));
}

}  // namespace

Model convert(const Program& program, const Outputs& outputs, std::shared_ptr<const TsGraph> graph,
              const std::map<std::size_t, std::string>& reasons) {
  Model model;
  model.format = program.format;
  model.origin = program.origin;
  model.diagnostics = program.diagnostics;
  try {
    model.graph = convert_partially(graph);
    auto causes = root_causes(*model.graph);
    for (Refusal& cause : causes)
      if (const auto reason = reasons.find(cause.source); reason != reasons.end())
        cause.reason = reason->second;
    if (!causes.empty()) fail(program, causes);
    normalize(model.graph);
    model.graph = arrange(model.graph, program, outputs);
    causes = leftovers(*model.graph);
    if (!causes.empty()) fail(program, causes);
    remove_idle_conversions(model.graph);
    remove_idle_repetitions(model.graph);
    ov::pass::Manager passes("octet_import");
    passes.register_pass<ov::pass::ConstantFolding>();
    passes.run_passes(model.graph);
    release_integers(model.graph);
    model.graph->validate_nodes_and_infer_types();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw core::openvino_error(ErrorCode::conversion_failed, "import", program.origin,
                               "convert the model", error, "Report this model to Octet");
  }
  model.graph->set_friendly_name("model");  // OpenVINO numbers models in the order of their making
  model.sources = give_names(model.graph, program, outputs.items);
  store_sources(model);
  return model;
}

}  // namespace octet::importer::aten
