#include "algorithms/channel_alignment.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "algorithms/min_max.hpp"
#include "recipe/apply.hpp"
#include "unit/recipe/graphs.hpp"

using namespace octet;
using namespace octet::test;
namespace op = ov::op;

namespace {

QuantizeOptions aligning() {
  QuantizeOptions options;
  options.model_type = ModelType::generic;
  options.advanced.disable_channel_alignment = false;
  return options;
}

/// conv → bias → ReLU → depthwise → conv → flatten → matmul; a second reader of the ReLU where
/// asked for.
Model chain(bool has_other_reader) {
  Graph g;
  const auto x = g.input("x", {1, 3, 6, 6});
  const auto first = convolution(g, "first", x, g.constant("first.weight", {4, 3, 3, 3}));
  const auto bias = g.op<op::v1::Add>("bias", first, g.constant("first.bias", {1, 4, 1, 1}));
  const auto relu = g.op<op::v0::Relu>("relu", bias);
  const auto depthwise = g.op<op::v1::GroupConvolution>(
      "depthwise", relu, g.constant("depthwise.weight", {4, 1, 1, 3, 3}), ov::Strides{1, 1},
      ov::CoordinateDiff{1, 1}, ov::CoordinateDiff{1, 1}, ov::Strides{1, 1});
  const auto last = convolution(g, "last", depthwise, g.constant("last.weight", {5, 4, 3, 3}));
  ov::OutputVector outputs = {last};
  if (has_other_reader) outputs.push_back(g.op<op::v0::Sigmoid>("other", relu));
  return g.model(outputs);
}

std::vector<ScaleChannels> places(const Model& model) {
  std::vector<ScaleChannels> found;
  for (const Edit& edit : algorithms::channel_alignment_places(model, aligning(), {}))
    found.push_back(std::get<ScaleChannels>(edit));
  return found;
}

}  // namespace

TEST_CASE("layers take channel scales through biases and ReLUs, and no result changes") {
  const Model model = chain(false);
  std::vector<ScaleChannels> found = places(model);
  REQUIRE(found.size() == 2);
  CHECK(found[0].tensor == TensorRef{"relu", 0});
  CHECK(found[0].uses == std::vector<UseRef>{{"depthwise", 0}});
  CHECK(found[1].tensor == TensorRef{"depthwise", 0});
  CHECK(found[1].name.empty());
  found[0].scale = {0.01F, 100, 3, 0.5F};
  found[1].scale = {7, 0.1F, 30, 2};
  const Model scaled = recipe::apply_edits(model, {found[0], found[1]});
  CHECK(scaled.graph->get_ops().size() == model.graph->get_ops().size());
  CHECK(relative_error(infer(scaled.graph)[0], infer(model.graph)[0]) < 1e-5);
  const auto value = [](const Model& of, const char* name, std::size_t i) {
    return ov::as_type_ptr<op::v0::Constant>(find(of, name))->cast_vector<float>()[i];
  };
  CHECK(value(scaled, "first.weight", 27) ==
        doctest::Approx(value(model, "first.weight", 27) / 100));
  CHECK(value(scaled, "first.bias", 1) == doctest::Approx(value(model, "first.bias", 1) / 100));
}

TEST_CASE("only pairs that nothing else reads are aligned, and only on request") {
  REQUIRE(places(chain(true)).size() == 1);
  CHECK(places(chain(true))[0].tensor.node == "depthwise");
  CHECK(algorithms::channel_alignment_places(chain(false), {}, {}).empty());
  const std::vector<Edit> taken = {ScaleChannels{"m", {"relu", 0}, {{"depthwise", 0}}, 1, {}}};
  const std::vector<Edit> rest =
      algorithms::channel_alignment_places(chain(false), aligning(), taken);
  REQUIRE(rest.size() == 1);
  CHECK(std::get<ScaleChannels>(rest[0]).tensor.node == "depthwise");
}

TEST_CASE("aligned channels have equal ratios of activation to weight, and ranges follow") {
  const Model model = chain(false);
  const QuantizeOptions options = aligning();
  std::vector<Edit> edits = algorithms::structural_edits(model, options);
  const Model structured = recipe::apply_edits(model, edits);
  const QuantizerSpec spec{8, QuantizationMode::symmetric, true, true, true};
  scheme::Placement placement;
  placement.activations = {{{"relu", 0}, {{"depthwise", 0}}, {}, {}, {}},
                           {{"depthwise", 0}, {{"last", 0}}, {}, {}, {}}};
  placement.weights = {{{"first", 1}, "first.weight", spec, {0}, false},
                       {{"depthwise", 1}, "depthwise.weight", spec, {0}, false},
                       {{"last", 1}, "last.weight", spec, {0}, false}};
  const algorithms::Context context{structured, placement, options, edits};
  statistics::Requests requests;
  algorithms::ChannelAlignment alignment;
  algorithms::MinMax min_max;
  alignment.request(context, requests);
  min_max.request(context, requests);
  REQUIRE(requests.ranges.size() == 4);
  // A dead channel among them: it keeps its scale of 1.
  const statistics::Range relu = {{0, 0, 0, 0}, {0.02F, 200, 3, 0}};
  const statistics::Range depthwise = {{-1, -2, 0, -9}, {0.5F, 1, 0.1F, 4}};
  statistics::Results results;
  results.ranges = {relu, depthwise, relu, depthwise};
  std::vector<Diagnostic> diagnostics;
  alignment.run(context, results, edits, diagnostics);
  min_max.run(context, results, edits, diagnostics);

  const auto weights =
      ov::as_type_ptr<op::v0::Constant>(find(model, "depthwise.weight"))->cast_vector<double>();
  std::vector<double> ratio;
  for (std::size_t c = 0; c < 3; ++c) {
    double w = 0;
    for (std::size_t i = 0; i < 9; ++i) w = std::max(w, std::abs(weights[c * 9 + i]));
    ratio.push_back(std::sqrt(relu.high[c] / w));
  }
  std::vector<double> sorted = ratio;
  std::sort(sorted.begin(), sorted.end());
  const std::vector<float>& scale = std::get<ScaleChannels>(edits[0]).scale;
  for (std::size_t c = 0; c < 3; ++c) CHECK(scale[c] == doctest::Approx(ratio[c] / sorted[1]));
  CHECK(scale[3] == 1);
  double largest = 0;
  for (std::size_t c = 0; c < 4; ++c) largest = std::max(largest, double{relu.high[c]} / scale[c]);
  CHECK(std::get<QuantizeActivation>(edits[2]).range.high[0] == doctest::Approx(largest));

  // Ranges of weights are those of the constants that replaying gives, to the last bit: as first
  // layer of a pair, as second, and as both.
  const Model scaled = recipe::apply_edits(model, {edits[0], edits[1]});
  for (std::size_t i = 4; i < 7; ++i) {
    const auto& edit = std::get<QuantizeWeight>(edits[i]);
    CAPTURE(edit.constant);
    const auto constant = ov::as_type_ptr<op::v0::Constant>(find(scaled, edit.constant));
    const std::vector<float> values = constant->cast_vector<float>();
    const std::size_t channels = constant->get_shape()[0], size = values.size() / channels;
    float all = 0;
    for (const float value : values) all = std::max(all, std::abs(value));
    for (std::size_t o = 0; o < channels; ++o) {
      float high = 0.01F * all;  // no channel's range is smaller than that
      for (std::size_t j = 0; j < size; ++j) high = std::max(high, std::abs(values[o * size + j]));
      CHECK(edit.range.high[o] == high);
    }
  }
  CHECK_NOTHROW(recipe::apply_edits(model, edits));
}
