#include "diagnose/layer_facts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include <openvino/op/fake_quantize.hpp>

#include "diagnose/born_errors.hpp"
#include "diagnose/measured_layers.hpp"
#include "diagnose/output_names.hpp"
#include "graph/graph.hpp"
#include "graph/weights.hpp"
#include "import/source_text.hpp"
#include "octet/diagnose.hpp"
#include "octet/quantizers.hpp"
#include "recipe/channel_blocks.hpp"
#include "recipe/constants.hpp"

namespace octet::diagnose {
namespace {

constexpr std::size_t quantile_steps = 16;

/// The exact graph as the report draws it: layers, and what feeds them through all between.
class Flow {
 public:
  Flow(const graph::Graph& graph, const std::vector<LayerFacts>& layers,
       const ov::ParameterVector& parameters)
      : graph_(graph) {
    for (int i = 0; i < static_cast<int>(layers.size()); ++i) index_[layers[i].node] = i;
    for (int i = 0; i < static_cast<int>(parameters.size()); ++i)
      index_[parameters[i]->get_friendly_name()] = -1 - i;
  }
  /// Layers and inputs of the model that `node` reads, through nodes that are neither.
  const std::set<int>& feeding(int node) {
    const auto [known, is_new] = feeding_.emplace(node, std::set<int>());
    if (!is_new) return known->second;
    std::set<int> all;
    for (const int edge : graph_.in[node]) {
      const int source = graph_.edges[edge].source;
      if (graph_.is_constant[source]) continue;
      const auto found = index_.find(graph_.name(source));
      if (found != index_.end()) {
        all.insert(found->second);
      } else {
        const std::set<int>& behind = feeding(source);
        all.insert(behind.begin(), behind.end());
      }
    }
    return feeding_[node] = std::move(all);
  }
  /// `node` if it is a layer, or the layers that read what it makes, through nodes that are none.
  void add_layers(int node, std::set<int>& layers) const {
    const auto found = index_.find(graph_.name(node));
    if (found != index_.end()) {
      layers.insert(found->second);
      return;
    }
    for (const int edge : graph_.out[node]) add_layers(graph_.edges[edge].node, layers);
  }

 private:
  const graph::Graph& graph_;
  std::unordered_map<std::string, int> index_;
  std::unordered_map<int, std::set<int>> feeding_;
};

WeightFacts facts_of(const graph::Graph& graph, int node, const graph::Weight& weight) {
  WeightFacts facts;
  facts.layer = graph.name(node);
  facts.constant = weight.constant;
  const auto value = recipe::constant_value(
      graph.nodes[node]->input_value(static_cast<std::size_t>(weight.input)));
  const recipe::FloatView values(value);
  const ov::Shape& shape = value->get_shape();
  std::vector<double> sizes(recipe::channel_count(shape, weight.axes), 0);
  recipe::for_each_block(
      shape, weight.axes, [&](std::size_t first, std::size_t size, std::size_t channel) {
        for (std::size_t i = first; i < first + size; ++i)
          sizes[channel] = std::max(sizes[channel], std::abs(static_cast<double>(values[i])));
      });
  facts.channels = sizes.size();
  facts.dead = static_cast<std::size_t>(std::ranges::count(sizes, 0.0));
  std::erase(sizes, 0.0);
  if (sizes.empty()) return facts;
  std::ranges::sort(sizes);
  facts.narrowest = sizes.front();
  facts.widest = sizes.back();
  facts.ratio = facts.widest / facts.narrowest;
  for (std::size_t i = 0; i <= quantile_steps; ++i)
    facts.quantiles.push_back(sizes[(sizes.size() - 1) * i / quantile_steps]);
  return facts;
}

/// Quantizers of `rounded` by the layers that read them.
std::map<std::string, Quantizer> weight_quantizers(const Model& rounded) {
  std::map<std::string, Quantizer> by_layer;
  for (Quantizer& quantizer : quantizers_of(rounded))
    if (quantizer.kind == Quantizer::Kind::weight)
      for (const std::string& layer : quantizer.layers) by_layer.emplace(layer, quantizer);
  return by_layer;
}

void describe_weights(const graph::Graph& graph, const Model& rounded, Facts& facts,
                      const std::unordered_map<std::string, int>& nodes) {
  const auto quantizers = weight_quantizers(rounded);
  std::unordered_map<std::string, std::string> types;
  for (const auto& node : rounded.graph->get_ordered_ops())
    if (node->get_output_size() != 0)
      types[node->get_friendly_name()] = node->output(0).get_element_type().get_type_name();
  for (LayerFacts& layer : facts.layers) {
    const auto quantizer = quantizers.find(layer.node);
    const int node = nodes.at(layer.node);
    if (quantizer == quantizers.end() ||
        !graph::is_class(graph.op[node], graph::op_class::weighted))
      continue;
    for (const graph::Weight& weight : graph::weights_of(graph, node)) {
      WeightFacts described = facts_of(graph, node, weight);
      described.type = types[quantizer->second.tensor];
      described.scales = quantizer->second.scale.size();
      layer.channel_ratio = std::max(layer.channel_ratio.value_or(1), described.ratio);
      facts.weights.push_back(std::move(described));
    }
  }
}

/// Sets the errors of layers from what was measured.
class Errors {
 public:
  using Ratios = std::unordered_map<std::string, double>;
  Errors(const graph::Graph& graph, const Ratios& ratios, const Ratios& born)
      : graph_(graph), ratios_(ratios), born_(born) {}

  void set(int node, LayerFacts& layer) const {
    layer.sqnr_out = find(ratios_, layer.node);
    layer.sqnr_born = find(born_, layer.node);
    layer.sqnr_in = worst_input(node);
    if (!layer.sqnr_out || !std::isfinite(*layer.sqnr_out)) return;
    const double share =
        layer.sqnr_born ? std::pow(10, (*layer.sqnr_out - *layer.sqnr_born) / 10) : 0;
    layer.born_share = std::min(share, 1.0);
  }

 private:
  static std::optional<double> find(const Ratios& ratios, const std::string& name) {
    const auto found = ratios.find(name);
    return found == ratios.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<double> worst_input(int node) const {
    std::optional<double> worst;
    for (const int edge : graph_.in[node]) {
      const int source = graph_.edges[edge].source;
      if (graph_.is_constant[source] || !graph_.edges[edge].is_float) continue;
      if (const std::optional<double> ratio = ratio_of(source))
        worst = std::min(worst.value_or(*ratio), *ratio);
    }
    return worst;
  }
  /// Of what `node` makes, before the quantizer that its readers have: one that stands in front of
  /// an operation that only moves values is theirs.
  std::optional<double> ratio_of(int node) const {
    if (graph_.op[node] == graph::Op::Parameter) return std::numeric_limits<double>::infinity();
    const graph::Trait trait = graph::row(graph_.op[node]).trait;
    if (trait == graph::Trait::agnostic || trait == graph::Trait::concat) return worst_input(node);
    return find(ratios_, graph_.name(node));
  }

  const graph::Graph& graph_;
  const Ratios &ratios_, &born_;
};

/// Layers by their nodes' names, for what the plugin tells.
class Executed {
 public:
  explicit Executed(const std::vector<LayerFacts>& layers) : layers_(layers) {
    for (std::size_t i = 0; i < layers.size(); ++i) index_[layers[i].node] = i;
  }
  /// The layers that `executed` implements, the one that stands for it first: the first with heavy
  /// arithmetic, or the first of all.
  std::vector<std::size_t> layers_of(const ExecutedLayer& executed) const {
    std::vector<std::size_t> found;
    for (const std::string& original : executed.originals)
      if (const auto layer = index_.find(without_suffix(original)); layer != index_.end())
        found.push_back(layer->second);
    std::ranges::stable_partition(found,
                                  [&](std::size_t layer) { return is_heavy(layers_[layer].type); });
    return found;
  }

 private:
  static bool is_heavy(const std::string& type) {
    return graph::is_class(graph::find_op(type), graph::op_class::linear);
  }
  /// The plugin names what scales the integers of a layer after it, and may lose the layer's name.
  static std::string without_suffix(const std::string& name) {
    constexpr std::string_view suffix = "/DequantizationMultiply";
    return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
  }

  const std::vector<LayerFacts>& layers_;
  std::unordered_map<std::string, std::size_t> index_;
};

/// An activation whose range already does its work (a ReLU before codes from 0 up) is gone without
/// a trace: it ran in what it reads.
void follow_fused(std::vector<LayerFacts>& layers) {
  for (LayerFacts& layer : layers) {
    if (!layer.ran.empty() || layer.inputs.size() != 1 || layer.inputs[0] < 0 ||
        !layer.reason.starts_with("fused into"))
      continue;
    const LayerFacts& source = layers[static_cast<std::size_t>(layer.inputs[0])];
    layer.ran = source.ran;
    layer.within = source.within.empty() ? source.node : source.within;
  }
}

/// FP32 may fuse the same layers under another one's name: a batch norm's, whose convolution it is.
void gather_times(std::vector<LayerFacts>& layers) {
  std::unordered_map<std::string, LayerFacts*> by_node;
  for (LayerFacts& layer : layers) by_node[layer.node] = &layer;
  for (LayerFacts& layer : layers) {
    if (layer.within.empty() || !layer.fp32_ms) continue;
    LayerFacts& main = *by_node.at(layer.within);
    if (main.fp32_ms) continue;
    std::swap(main.fp32_ms, layer.fp32_ms);
  }
}

}  // namespace

void describe_layers(const Subjects& subjects, Facts& facts) {
  const graph::Graph graph = graph::flatten(*subjects.exact.graph);
  std::unordered_map<std::string, int> nodes;
  for (int i = 0; i < graph.size(); ++i) nodes[graph.name(i)] = i;
  for (const LayerDecision& decision : subjects.decisions) {
    if (nodes.count(decision.node) == 0) continue;
    LayerFacts layer;
    layer.node = decision.node;
    if (const SourceInfo* source = subjects.exact.sources.find(decision.node))
      layer.source = *source;
    // The report may go to others: folders of this machine stay out of it.
    layer.source.source_line = importer::short_source_line(layer.source.source_line);
    layer.type = decision.type;
    layer.asked = decision.precision;
    layer.reason = decision.reason;
    facts.layers.push_back(std::move(layer));
    facts.int8 += decision.precision == "int8";
  }

  const Shifts shifts = shifts_between(*subjects.exact.graph, *subjects.rounded.graph);
  MeasuredLayers measured = measure_layers(*subjects.exact.graph, *subjects.rounded.graph, shifts,
                                           subjects.samples, subjects.threads);
  std::unordered_map<std::string, double> born;
  for (const LayerError& error : born_errors(*subjects.exact.graph, *subjects.rounded.graph, shifts,
                                             subjects.samples, subjects.threads))
    born[error.node] = error.sqnr_db;
  facts.tensors = std::move(measured.tensors);

  const ov::ParameterVector& parameters = subjects.exact.graph->get_parameters();
  for (const auto& parameter : parameters) facts.inputs.push_back(parameter->get_friendly_name());
  Flow flow(graph, facts.layers, parameters);
  for (TensorFacts& tensor : facts.tensors) {
    std::set<int> readers;
    for (const std::string& reader : tensor.layers)
      if (const auto found = nodes.find(reader); found != nodes.end())
        flow.add_layers(found->second, readers);
    tensor.layers.clear();
    for (const int reader : readers) {
      LayerFacts& layer = facts.layers[static_cast<std::size_t>(reader)];
      tensor.layers.push_back(layer.node);
      layer.clipped = std::max(layer.clipped.value_or(0), tensor.clipped);
    }
  }
  const Errors errors(graph, measured.sqnr_db, born);
  for (LayerFacts& layer : facts.layers) {
    const int node = nodes.at(layer.node);
    errors.set(node, layer);
    const std::set<int>& feeding = flow.feeding(node);
    layer.inputs.assign(feeding.begin(), feeding.end());
  }
  const std::vector<std::string> names = output_names(*subjects.exact.graph);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::set<int>& feeding =
        flow.feeding(nodes.at(subjects.exact.graph->get_results()[i]->get_friendly_name()));
    facts.outputs.emplace_back(names[i], feeding.empty() ? -1 : *feeding.rbegin());
  }
  describe_weights(graph, subjects.rounded, facts, nodes);
}

void describe_execution(const std::vector<ExecutedLayer>& reference,
                        const std::vector<ExecutedLayer>& quantized, Facts& facts) {
  const Executed nodes(facts.layers);
  const auto add = [](std::optional<double>& time, double milliseconds) {
    if (milliseconds > 0) time = time.value_or(0) + milliseconds;
  };
  for (const ExecutedLayer& executed : reference)
    if (const std::vector<std::size_t> found = nodes.layers_of(executed); !found.empty())
      add(facts.layers[found.front()].fp32_ms, executed.milliseconds);
  for (const ExecutedLayer& executed : quantized) {
    const std::vector<std::size_t> found = nodes.layers_of(executed);
    for (const std::size_t index : found) {
      LayerFacts& layer = facts.layers[index];
      const bool is_main = index == found.front();
      if (is_main) add(layer.int8_ms, executed.milliseconds);
      // A node may also appear in the reordering of its data, before or behind.
      if (!layer.ran.empty() && (!is_main || executed.type == "Reorder")) continue;
      layer.ran = executed.precision;
      layer.kernel = executed.kernel;
      layer.within = is_main ? "" : facts.layers[found.front()].node;
    }
  }
  follow_fused(facts.layers);
  gather_times(facts.layers);
  for (const LayerFacts& layer : facts.layers)
    facts.ran_int8 += layer.asked == "int8" && is_int8(layer.ran);
  const auto summarize = [](const std::vector<ExecutedLayer>& executed, ModelFacts& model) {
    for (const KindSummary& kind : precisions_by_kind(executed))
      model.kinds[kind.type] = kind.precisions;
  };
  summarize(reference, facts.reference);
  summarize(quantized, facts.quantized);
}

std::vector<LayerDecision> decisions_in(const Model& exact, const Model& rounded) {
  std::set<std::string> readers;
  for (const Quantizer& quantizer : quantizers_of(rounded))
    readers.insert(quantizer.layers.begin(), quantizer.layers.end());
  const graph::Graph graph = graph::flatten(*exact.graph);
  std::vector<LayerDecision> decisions;
  for (int node = 0; node < graph.size(); ++node) {
    const bool is_int8 = readers.count(graph.name(node)) != 0;
    const graph::Trait trait = graph::row(graph.op[node]).trait;
    if (!graph.is_active[node] || (!is_int8 && trait != graph::Trait::inputs)) continue;
    decisions.push_back({graph.name(node), graph.nodes[node]->get_type_name(),
                         is_int8 ? "int8" : "float",
                         is_int8 ? "inputs quantized" : "inputs not quantized"});
  }
  return decisions;
}

}  // namespace octet::diagnose
