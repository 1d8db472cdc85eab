#include "recipe/apply.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "unit/recipe/graphs.hpp"

using namespace octet;
using namespace octet::test;
namespace op = ov::op;

namespace {

QuantizerSpec spec_of(QuantizationMode mode, bool narrow = false) {
  return {8, mode, false, narrow, {}};
}
constexpr auto symmetric = QuantizationMode::symmetric;
constexpr auto asymmetric = QuantizationMode::asymmetric;

/// x → conv → relu → {left, right} and the model's output of relu itself.
Model branches() {
  Graph g;
  const auto conv =
      convolution(g, "conv", g.input("x", {1, 4, 6, 6}), g.constant("w", {4, 4, 3, 3}));
  const auto relu = g.op<op::v0::Relu>("relu", conv);
  const auto left = convolution(g, "left", relu, g.constant("lw", {4, 4, 3, 3}));
  const auto right = convolution(g, "right", relu, g.constant("rw", {4, 4, 3, 3}));
  return g.model({relu, left, right});
}

/// Quantizes as the definition of FakeQuantize says, in f64.
std::vector<float> reference(const std::vector<float>& values, double low, double high,
                             double levels) {
  std::vector<float> result;
  for (const float value : values) {
    const double clipped = std::min(std::max<double>(value, low), high);
    const double code = std::nearbyint((clipped - low) / (high - low) * (levels - 1));
    result.push_back(static_cast<float>(code / (levels - 1) * (high - low) + low));
  }
  return result;
}

ErrorCode code_of(const Model& model, const Edit& edit, std::string* message = nullptr) {
  try {
    recipe::apply_edits(model, {edit});
  } catch (const Error& error) {
    if (message) *message = error.what();
    return error.code();
  }
  return ErrorCode::internal;
}

std::vector<float> dequantized(const Model& model, const std::string& use, std::size_t port) {
  const auto node = find(model, use)->get_input_node_shared_ptr(port);
  const auto result = std::make_shared<op::v0::Result>(node);
  return infer(std::make_shared<ov::Model>(ov::ResultVector{result}, ov::ParameterVector{}))[0];
}

}  // namespace

TEST_CASE("a fake quantize serves the listed uses and no others") {
  const Model model = branches();
  const QuantizationRange range{{0.0F}, {1.5F}, 256};
  const Model quantized = recipe::apply_edits(
      model, {QuantizeActivation{
                 "relu/quantizer", {"relu", 0}, {{"left", 0}}, spec_of(symmetric), {}, {}, range}});
  const auto quantizer = find(quantized, "relu/quantizer");
  REQUIRE(quantizer);
  CHECK(find(quantized, "left")->get_input_node_shared_ptr(0) == quantizer);
  CHECK(find(quantized, "right")->get_input_node_ptr(0)->get_friendly_name() == "relu");
  CHECK(quantized.graph->output(0).get_names().count("relu") == 1);
  CHECK(model.graph->get_ops().size() + 5 == quantized.graph->get_ops().size());

  // The plugin may run 'left' on integers, so the quantizer is looked at by itself.
  Graph g;
  const auto x = g.input("x", {1, 4, 6, 6});
  const Model alone = g.model({g.op<op::v0::Relu>("relu", x)});
  const Model alone_quantized = recipe::apply_edits(
      alone, {QuantizeActivation{
                 "q", {"relu", 0}, {{"relu/result", 0}}, spec_of(symmetric), {}, {}, range}});
  CHECK(alone_quantized.graph->output(0).get_names().count("relu") == 1);
  CHECK(relative_error(infer(alone_quantized.graph)[0],
                       reference(infer(alone.graph)[0], 0, 1.5, 256)) < 1e-6);
}

TEST_CASE("several quantizers sit on one tensor, per tensor and per channel") {
  const Model quantized = recipe::apply_edits(
      branches(),
      {QuantizeActivation{
           "one", {"relu", 0}, {{"left", 0}}, spec_of(symmetric), {}, {}, {{0.0F}, {1.0F}, 256}},
       QuantizeActivation{"other",
                          {"relu", 0},
                          {{"right", 0}},
                          spec_of(asymmetric),
                          1,
                          {},
                          {{-1.0F, -1.0F, -1.0F, -1.0F}, {1.0F, 2.0F, 3.0F, 4.0F}, 256}}});
  CHECK(find(quantized, "left")->get_input_node_ptr(0)->get_friendly_name() == "one");
  const auto other = find(quantized, "right")->get_input_node_shared_ptr(0);
  CHECK(other->get_friendly_name() == "other");
  CHECK(other->get_input_shape(2) == ov::Shape{1, 4, 1, 1});
}

TEST_CASE("weights become integers that stand for what FakeQuantize computes") {
  struct Row {
    const char* name;
    ov::Shape shape;
    std::vector<std::size_t> axes;
    QuantizerSpec spec;
    std::vector<float> low, high;
    std::size_t levels;
    ov::element::Type type;
  };
  const std::vector<Row> rows = {
      {"per channel, narrow",
       {4, 4, 3, 3},
       {0},
       spec_of(symmetric, true),
       {-1.0F, -0.5F, -0.7F, -0.3F},
       {1.0F, 0.5F, 0.7F, 0.3F},
       255,
       ov::element::i8},
      {"per tensor",
       {4, 4, 3, 3},
       {},
       spec_of(symmetric),
       {-0.8F * 128 / 127},
       {0.8F},
       256,
       ov::element::i8},
      {"asymmetric",
       {4, 4, 3, 3},
       {1},
       spec_of(asymmetric),
       {-0.25F, 0.0F, -1.0F, -0.5F},
       {0.6F, 1.0F, 0.0F, 0.5F * 127 / 128},
       256,
       ov::element::i8},
      {"two axes",
       {2, 2, 3, 3},
       {0, 1},
       spec_of(symmetric, true),
       {-1.0F, -2.0F, -3.0F, -4.0F},
       {1.0F, 2.0F, 3.0F, 4.0F},
       255,
       ov::element::i8},
      {"positive only", {4, 4, 3, 3}, {}, spec_of(symmetric), {0.0F}, {1.0F}, 256, ov::element::u8},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Graph g;
    const auto weight = g.constant("w", row.shape);
    const auto relu = g.op<op::v1::Add>("sum", g.input("x", row.shape), weight);
    const Model model = g.model({relu});
    const Model quantized = recipe::apply_edits(
        model,
        {QuantizeWeight{
            "w/quantizer", {"sum", 1}, "w", row.spec, row.axes, {row.low, row.high, row.levels}}});
    CHECK_FALSE(find(quantized, "w"));
    const auto integers = ov::as_type_ptr<op::v0::Constant>(find(quantized, "w/quantizer/int8"));
    REQUIRE(integers);
    CHECK(integers->get_element_type() == row.type);

    // OpenVINO's own FakeQuantize is the reference.
    ov::Shape range_shape(row.shape.size(), 1);
    for (const std::size_t axis : row.axes) range_shape[axis] = row.shape[axis];
    const auto low = op::v0::Constant::create(ov::element::f32, range_shape, row.low);
    const auto high = op::v0::Constant::create(ov::element::f32, range_shape, row.high);
    const auto fake =
        std::make_shared<op::v0::FakeQuantize>(weight, low, high, low, high, row.levels);
    ov::TensorVector outputs = {ov::Tensor(ov::element::f32, row.shape)};
    const auto view = [](const auto& constant) { return constant->get_tensor_view(); };
    REQUIRE(fake->evaluate(outputs, {view(weight), view(low), view(high), view(low), view(high)}));
    const std::vector<float> expected(outputs[0].data<float>(),
                                      outputs[0].data<float>() + outputs[0].get_size());
    CHECK(relative_error(dequantized(quantized, "sum", 1), expected) < 2e-6);
  }
}

TEST_CASE("a narrow range never holds the code -128, and codes round half to even") {
  Graph g;
  const auto weight = op::v0::Constant::create<float>(
      ov::element::f32, {7}, {-127.0F, -500.0F, 0.5F, 1.5F, 2.5F, 126.5F, 900.0F});
  const Model model = g.model({g.op<op::v1::Add>("sum", g.input("x", {7}), g.named(weight, "w"))});
  const Model quantized = recipe::apply_edits(
      model, {QuantizeWeight{
                 "q", {"sum", 1}, "w", spec_of(symmetric, true), {}, {{-127.0F}, {127.0F}, 255}}});
  const auto codes =
      ov::as_type_ptr<op::v0::Constant>(find(quantized, "q/int8"))->cast_vector<int>();
  // As FakeQuantize rounds: on the distance from the lowest code, here odd codes' halves go up.
  CHECK(codes == std::vector<int>{-127, -127, 1, 1, 3, 127, 127});
}

TEST_CASE("a weight that two layers share is quantized once") {
  Graph g;
  const auto weight = g.constant("w", {4, 4, 3, 3});
  const auto first = convolution(g, "first", g.input("x", {1, 4, 5, 5}), weight);
  const Model model = g.model({convolution(g, "second", first, weight)});
  const QuantizationRange range{{-1.0F}, {1.0F}, 255};
  const Model quantized = recipe::apply_edits(
      model, {QuantizeWeight{"q1", {"first", 1}, "w", spec_of(symmetric, true), {}, range},
              QuantizeWeight{"q2", {"second", 1}, "w", spec_of(symmetric, true), {}, range}});
  CHECK(find(quantized, "first")->get_input_node_ptr(1) ==
        find(quantized, "second")->get_input_node_ptr(1));
}

TEST_CASE("untouched constants are shared with the given model") {
  const Model model = branches();
  const Model copy = recipe::apply_edits(model, {});
  const auto data = [](const Model& m, const char* name) {
    return ov::as_type_ptr<op::v0::Constant>(find(m, name))->get_data_ptr();
  };
  CHECK(data(model, "w") == data(copy, "w"));
}

TEST_CASE("a bias is shifted, or inserted where there is none") {
  for (const bool has_bias : {false, true}) {
    Graph g;
    std::shared_ptr<ov::Node> last =
        convolution(g, "conv", g.input("x", {1, 4, 5, 5}), g.constant("w", {3, 4, 3, 3}));
    if (has_bias) last = g.op<op::v1::Add>("add", last, g.constant("b", {1, 3, 1, 1}));
    const Model model = g.model({last});
    const std::vector<float> shift = {0.5F, -1.0F, 0.25F};
    const Model shifted = recipe::apply_edits(model, {ShiftBias{"conv", shift}});
    CHECK(count<op::v1::Add>(shifted) == 1);
    CHECK(shifted.graph->output(0).get_names() == model.graph->output(0).get_names());
    std::vector<float> expected = infer(model.graph)[0];
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += shift[i / 25];
    CHECK(relative_error(infer(shifted.graph)[0], expected) < 1e-6);
  }
}

TEST_CASE("an edit that does not fit names the node and the mistake") {
  const Model model = branches();
  const QuantizationRange range{{0.0F}, {1.0F}, 256};
  const auto activation = [&](TensorRef tensor, UseRef use, std::optional<std::size_t> axis = {}) {
    return QuantizeActivation{"q", tensor, {use}, spec_of(symmetric), axis, {}, range};
  };
  const auto weight = [&](UseRef use, const char* constant, std::vector<std::size_t> axes) {
    return QuantizeWeight{"q", use, constant, spec_of(symmetric), std::move(axes), range};
  };
  struct Row {
    Edit edit;
    const char* words;
  };
  const std::vector<Row> rows = {
      {activation({"rleu", 0}, {"left", 0}),
       "node 'rleu': the recipe names this node, which the model does not have; the nearest are "
       "'relu'"},
      {activation({"relu", 1}, {"left", 0}), "node 'relu': it has no output 1"},
      {activation({"relu", 0}, {"left", 5}), "node 'left': it has no input 5"},
      {activation({"conv", 0}, {"left", 0}), "node 'left': its input 0 is not 'conv'"},
      {activation({"relu", 0}, {"left", 0}, 1),
       "node 'relu': quantizer 'q' has 1 ranges along axis 1"},
      {activation({"relu", 0}, {"left", 0}, 9), "along axis 9"},
      {weight({"left", 0}, "lw", {}), "node 'left': its input 0 is not a constant"},
      {weight({"left", 1}, "rw", {}), "node 'left': its input 1 comes from 'lw' and not from 'rw'"},
      {weight({"left", 1}, "lw", {0}), "node 'lw': the recipe has 1 ranges"},
      {weight({"left", 1}, "lw", {4}), "has no axis 4"},
      {FoldBatchNorm{"relu", "conv"}, "node 'relu': it cannot be folded"},
      {ShiftBias{"relu", {1.0F}}, "node 'relu': it is not a convolution or matmul"},
      {ShiftBias{"conv", {1.0F}}, "node 'conv': the recipe has 1 bias values for its 4 channels"},
  };
  for (const Row& row : rows) {
    std::string message;
    CHECK(code_of(model, row.edit, &message) == ErrorCode::recipe_mismatch);
    CHECK_MESSAGE(message.find(row.words) != std::string::npos, message);
  }
}

TEST_CASE("a recipe is applied to the model that it was made for, and to no other") {
  const Model model = branches();
  Recipe recipe;
  recipe.octet_version = "1.2.3";
  recipe.openvino_version = "2026.4.1";
  recipe.model_fingerprint = fingerprint(model);
  recipe.provenance = {{"preset", "mixed"}};
  const Model result = apply(model, recipe);
  CHECK(result.graph->get_rt_info<std::string>("octet", "octet_version") == "1.2.3");
  CHECK(result.graph->get_rt_info<std::string>("octet", "provenance", "preset") == "mixed");
  recipe.model_fingerprint = "0000000000000000";
  CHECK_THROWS_WITH_AS(apply(model, recipe), doctest::Contains("made for another model"), Error);
}
